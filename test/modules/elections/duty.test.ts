import assert from "node:assert/strict";
import { test } from "node:test";
import * as elections from "#modules/elections/api.ts";
import { outcomeOf } from "#modules/markets/api.ts";
import { SeatStatus } from "#proto/gen/iterum/elections.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { budget, moduleHolds, purse } from "#test/kit/game/money.ts";
import { playRound, playUntil, type World } from "#test/kit/game/play.ts";
import { FEE } from "#test/kit/game/refuse.ts";
import { stage } from "#test/kit/game/stage.ts";
import type { Quirks } from "#test/kit/game/turns.ts";
import { GAME_ID, TOKEN } from "#test/kit/genesis.ts";

const key = { gameId: GAME_ID, roundId: 1n };
const bond = 500n * TOKEN;

const seatsOf = ({ chain }: World) => chain.read((ctx) => elections.seatsOf(ctx, key));
const statuses = (world: World) => seatsOf(world).map(({ status }) => status);
const nameOf = ({ members }: World, address = "") =>
  members.find(({ who }) => who.address === address)?.who.name ?? "";

const {
  SEAT_STATUS_OPENED: OPENED,
  SEAT_STATUS_SLASHED: SLASHED,
  SEAT_STATUS_RELEASED: RELEASED,
} = SeatStatus;

/** A round whose members at those ranks get a step wrong. */
async function playWith(ranks: readonly number[], quirks: (step: string) => ReturnType<Quirks>) {
  const world = stage();
  const [ann] = world.members;
  assert.ok(ann);
  await world.chain.until(1n);
  const treasury = budget(world.chain) + moduleHolds(world.chain, "markets");
  await playUntil(world, 1n, Phase.PHASE_REVEAL_INPUTS);
  const failing = new Set(ranks.map((rank) => nameOf(world, seatsOf(world)[rank]?.member)));
  await playRound(world, 1n, (name, step) => (failing.has(name) ? quirks(step) : undefined));
  return { world, treasury, failing };
}

test("a committee that does its duty gets its bonds back and a reward for each opened item", async () => {
  const { world } = await playWith([], () => undefined);
  assert.deepEqual(statuses(world), [OPENED, OPENED, OPENED, RELEASED, RELEASED]);
  assert.equal(moduleHolds(world.chain, "elections"), 0n);
  const [first] = seatsOf(world);
  const winner = world.members.find(({ who }) => who.address === first?.member);
  assert.ok(winner);
  assert.equal(purse(world.chain, winner.who), 10_000n * TOKEN + 4n * TOKEN - 3n * FEE);
});

for (const quirk of ["silent", "late", "wrong"] as const)
  test(`an elected member with ${quirk} inputs is slashed and an alternate takes its place`, async () => {
    const { world, failing } = await playWith([1], (step) => (step === "revealInputs" ? quirk : undefined));
    assert.deepEqual(statuses(world), [OPENED, SLASHED, OPENED, OPENED, RELEASED]);
    const [slashed] = world.members.filter(({ who }) => failing.has(who.name));
    assert.ok(slashed);
    const fees = quirk === "silent" ? 1n : 2n;
    assert.equal(purse(world.chain, slashed.who), 10_000n * TOKEN - bond - fees * FEE);
    const outcome = world.chain.read((ctx) => outcomeOf(ctx, key));
    assert.deepEqual([outcome.items, outcome.committeePaid], [12, 12n * TOKEN]);
  });

test("called alternates that withhold are slashed like the elected", async () => {
  const { world } = await playWith([0, 3], (step) => (step === "revealInputs" ? "silent" : undefined));
  assert.deepEqual(statuses(world), [SLASHED, OPENED, OPENED, SLASHED, RELEASED]);
  assert.equal(world.chain.read((ctx) => outcomeOf(ctx, key)).items, 8);
});

for (const quirk of ["silent", "late", "wrong"] as const)
  test(`a member with ${quirk} labels is slashed, not paid, and its items do not count`, async () => {
    const { world } = await playWith([2], (step) => (step === "revealLabels" ? quirk : undefined));
    assert.deepEqual(statuses(world), [OPENED, OPENED, SLASHED, RELEASED, RELEASED]);
    const outcome = world.chain.read((ctx) => outcomeOf(ctx, key));
    assert.deepEqual([outcome.items, outcome.itemsCounted, outcome.committeePaid], [12, 8, 8n * TOKEN]);
  });

test("slashed bonds go to the game's treasury and to nobody else", async () => {
  const { world, treasury } = await playWith([2], (step) => (step === "revealLabels" ? "silent" : undefined));
  const outcome = world.chain.read((ctx) => outcomeOf(ctx, key));
  const paid = outcome.payouts - outcome.deposits + outcome.committeePaid;
  const fees = 3n * 1_200_000n;
  // The second round has opened and locked its own subsidy and pay.
  const locked = moduleHolds(world.chain, "markets");
  assert.equal(budget(world.chain) + locked, treasury + bond - paid + fees);
});
