import assert from "node:assert/strict";
import { test } from "node:test";
import { addressBytes } from "#chain/protocol/address.ts";
import { panelHash } from "#chain/protocol/panel.ts";
import * as commitments from "#modules/commitments/api.ts";
import { errors as commitmentsErrors } from "#modules/commitments/errors.ts";
import * as elections from "#modules/elections/api.ts";
import { errors as electionsErrors } from "#modules/elections/errors.ts";
import { outcomeOf } from "#modules/markets/api.ts";
import { errors as roundsErrors } from "#modules/rounds/errors.ts";
import type { PanelSheet } from "#proto/gen/iterum/commitments.ts";
import { SeatStatus } from "#proto/gen/iterum/elections.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { authorsLabel, type Member, panelWork } from "#test/kit/game/member.ts";
import { purse } from "#test/kit/game/money.ts";
import { noQuirks, playRound, playUntil, roundOf, type World } from "#test/kit/game/play.ts";
import { FEE, refuses, says } from "#test/kit/game/refuse.ts";
import { commitPanelLabels, revealPanelLabels } from "#test/kit/game/say.ts";
import { roomy, type StageChoice, stage } from "#test/kit/game/stage.ts";
import type { Quirks } from "#test/kit/game/turns.ts";
import { CHAIN_ID, GAME_ID, TOKEN } from "#test/kit/genesis.ts";

const key = { gameId: GAME_ID, roundId: 1n };
const ref = { chainId: CHAIN_ID, ...key };
const schedule = { ...roomy, open: 70, label: 6, revealLabels: 6 };
const panelled: StageChoice = { panel: 2, committee: 4, itemsMax: 16, schedule };

const sheetsOf = ({ chain }: World): PanelSheet[] => chain.read((ctx) => [...commitments.sheetsOf(ctx, key)]);
const seatsOf = ({ chain }: World) => chain.read((ctx) => elections.seatsOf(ctx, key));
const memberAt = (world: World, address = ""): Member =>
  world.members.find(({ who }) => who.address === address) as Member;

async function at(phase: Phase, quirks: Quirks = noQuirks, choice: StageChoice = panelled) {
  const world = stage(choice);
  await playUntil(world, 1n, phase, quirks);
  const [sheet] = sheetsOf(world);
  assert.ok(sheet);
  return { world, sheet, member: memberAt(world, sheet.member) };
}

/** The labels that an honest member would give, with salt and commitment. */
function workOf(world: World, member: Member, sheet: PanelSheet) {
  const round = roundOf(world, 1n);
  assert.ok(round);
  const where = { round, ref, random: world.random, labelOf: authorsLabel(world.members, 1n) };
  return world.chain.read((ctx) => panelWork(ctx, member, where, sheet));
}

test("the beacon gives every item to two other members of the committee", async () => {
  const { world } = await at(Phase.PHASE_LABEL);
  const { items } = world.chain.read((ctx) => commitments.itemList(ctx, key));
  const given = new Map(items.map((_, place): [number, Set<string>] => [place, new Set()]));
  for (const { member, places } of sheetsOf(world)) {
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    );
    for (const place of places) given.get(place)?.add(member);
  }
  assert.equal(items.length, 16);
  for (const [place, labellers] of given) {
    assert.equal(labellers.size, 2);
    assert.ok(!labellers.has(items[place]?.member as string));
  }
  for (const { member, panelItems } of seatsOf(world))
    assert.equal(panelItems, sheetsOf(world).find((each) => each.member === member)?.places.length ?? 0);
});

test("labels of others are fixed in LABEL, once, by those who have a sheet", async () => {
  const { world, sheet, member } = await at(Phase.PHASE_LABEL);
  const { who } = member;
  const { hash } = workOf(world, member, sheet);
  const stranger = world.members.find((each) => !sheetsOf(world).some((s) => s.member === each.who.address));
  assert.ok(stranger);
  await says(world.chain, who, commitPanelLabels(who, 1n, hash));
  await refuses(
    world.chain,
    [who, commitmentsErrors.AlreadyCommitted, commitPanelLabels(who, 1n, hash)],
    [who, commitmentsErrors.BadHash, commitPanelLabels(who, 1n, hash.subarray(1))],
    [stranger.who, electionsErrors.NotElected, commitPanelLabels(stranger.who, 1n, hash)],
  );
  await playUntil(world, 1n, Phase.PHASE_PREDICT);
  await refuses(world.chain, [who, roundsErrors.WrongPhase, commitPanelLabels(who, 1n, hash)]);
});

test("labels of others open as they were fixed, in REVEAL_LABELS", async () => {
  const { world, sheet, member } = await at(Phase.PHASE_REVEAL_LABELS);
  const { who } = member;
  const { labels, salt } = workOf(world, member, sheet);
  const say = (change: readonly number[], with_ = salt) => revealPanelLabels(who, 1n, change, with_);
  const { WrongLabel, WrongItems } = commitmentsErrors;
  await refuses(
    world.chain,
    [who, WrongLabel, say(labels.map((label) => 1 - label))],
    [who, WrongLabel, say(labels.map(() => 2))],
    [who, WrongLabel, say(labels, new Uint8Array(32))],
    [who, WrongLabel, say(labels, new Uint8Array(31))],
    [who, WrongItems, say(labels.slice(1))],
  );
  await says(world.chain, who, say(labels));
  assert.deepEqual(
    sheetsOf(world)[0]?.labels,
    labels.map((label) => label + 1),
  );
  await refuses(world.chain, [who, electionsErrors.NotElected, say(labels)]);
});

test("the bond comes back with the last of both duties, whichever it is", async () => {
  for (const first of ["revealLabels", "revealPanelLabels"]) {
    const left = first === "revealLabels" ? "revealPanelLabels" : "revealLabels";
    const { world, member } = await at(Phase.PHASE_REVEAL_LABELS);
    const { who } = member;
    const before = purse(world.chain, who);
    await playUntil(world, 1n, Phase.PHASE_PROVE, (_, step) => (step === left ? "silent" : undefined));
    assert.equal(purse(world.chain, who), before - FEE, `only ${first}`);
    assert.equal(
      seatsOf(world).find((seat) => seat.member === who.address)?.status,
      SeatStatus.SEAT_STATUS_SLASHED,
    );
  }
});

test("what was fixed by nobody cannot be opened", async () => {
  const { world, sheet, member } = await at(Phase.PHASE_REVEAL_LABELS, (_, step) =>
    step === "commitPanelLabels" ? "silent" : undefined,
  );
  const { labels, salt } = workOf(world, member, sheet);
  const said = revealPanelLabels(member.who, 1n, labels, salt);
  await refuses(world.chain, [member.who, commitmentsErrors.NoCommitment, said]);
});

/** A whole round in which the holder of the first sheet says what `labels` makes of its labels. */
async function playWith(quirk: "silent" | "flipped", agree: string) {
  const { world, sheet, member } = await at(Phase.PHASE_LABEL, noQuirks, { ...panelled, agree });
  const { name } = member.who;
  const { labels, salt } = workOf(world, member, sheet);
  const mine = quirk === "flipped" ? labels.map((label) => 1 - label) : labels;
  const mute: Quirks = (who, step) => (who === name && step.includes("PanelLabels") ? "silent" : undefined);
  if (quirk === "flipped") {
    const hash = panelHash(ref, addressBytes(sheet.member), mine, salt);
    await says(world.chain, member.who, commitPanelLabels(member.who, 1n, hash));
    await playUntil(world, 1n, Phase.PHASE_REVEAL_LABELS, mute);
    await says(world.chain, member.who, revealPanelLabels(member.who, 1n, mine, salt));
  }
  await playRound(world, 1n, mute);
  return { world, sheet, outcome: world.chain.read((ctx) => outcomeOf(ctx, key)) };
}

test("one label of two suffices, and who withholds the other loses its bond and its pay", async () => {
  const { world, sheet, outcome } = await playWith("silent", "all");
  assert.deepEqual([outcome.items, outcome.itemsCounted], [16, 16]);
  const seat = seatsOf(world).find(({ member }) => member === sheet.member);
  assert.equal(seat?.status, SeatStatus.SEAT_STATUS_SLASHED);
  assert.equal(purse(world.chain, memberAt(world, sheet.member).who), 9_500n * TOKEN - 3n * FEE);
});

test("with agree all, an item whose labels differ counts for nothing; with majority it does", async () => {
  const all = await playWith("flipped", "all");
  assert.equal(all.outcome.itemsCounted, 16 - all.sheet.places.length);
  const majority = await playWith("flipped", "majority");
  assert.equal(majority.outcome.itemsCounted, 16);
});

test("who agrees with others is paid, at most the reward for each item in all", async () => {
  const { world, outcome } = await playWith("flipped", "all");
  assert.ok(outcome.committeePaid > 0n && outcome.committeePaid < 16n * TOKEN);
  const earned = world.chain.read((ctx) => commitments.committeePay(ctx, key));
  assert.equal(
    earned.reduce((sum, { amount }) => sum + amount, 0n),
    outcome.committeePaid,
  );
  const liar = sheetsOf(world)[0]?.member;
  const best = Math.max(...earned.map(({ amount }) => Number(amount)));
  assert.ok(Number(earned.find(({ member }) => member === liar)?.amount) < best);
});
