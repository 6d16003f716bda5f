import assert from "node:assert/strict";
import { test } from "node:test";
import * as commitments from "#modules/commitments/api.ts";
import { outcomeOf } from "#modules/markets/api.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { type Example, examples } from "#test/kit/game/items.ts";
import { type Member, member } from "#test/kit/game/member.ts";
import { playRound, playUntil, roundOf, type World } from "#test/kit/game/play.ts";
import { seeded } from "#test/kit/game/random.ts";
import { stage } from "#test/kit/game/stage.ts";
import { GAME_ID } from "#test/kit/genesis.ts";

const names = ["ann", "ben", "cat"];
const key = { gameId: GAME_ID, roundId: 1n };

/** Three members, all of whom are elected, with the given texts each round. */
const stageOf = (texts: (name: string, roundId: bigint) => readonly Example[], itemsMin = 2): World =>
  stage({
    itemsMin,
    members: names.map((name): Member => member(name, (roundId) => texts(name, roundId))),
  });

const own = (name: string, count: number) => examples(count, seeded(`own of ${name}`));

const listOf = ({ chain }: World, roundId = 1n) =>
  chain.read((ctx) => commitments.itemList(ctx, { ...key, roundId }));

const weightsOf = (world: World, name: string): bigint[] => {
  const address = world.members.find(({ who }) => who.name === name)?.who.address;
  return listOf(world).items.flatMap(({ member: of, weight }) => (of === address ? [weight] : []));
};

test("every set weighs the same, and its items share its weight", async () => {
  const world = stageOf((name) => own(name, name === "ann" ? 2 : 4));
  await playUntil(world, 1n, Phase.PHASE_PREDICT);
  assert.deepEqual(weightsOf(world, "ann"), [166_666_666n, 166_666_666n]);
  assert.deepEqual(weightsOf(world, "ben"), [83_333_333n, 83_333_333n, 83_333_333n, 83_333_333n]);
  const { items, totalWeight } = listOf(world);
  assert.equal(
    totalWeight,
    items.reduce((sum, { weight }) => sum + weight, 0n),
  );
});

test("items are listed by member address, then index", async () => {
  const world = stageOf((name) => own(name, 4));
  await playUntil(world, 1n, Phase.PHASE_PREDICT);
  const addresses = world.members.map(({ who }) => who.address);
  const listed = listOf(world).items.map(({ member: of, index }) => ({ of, index }));
  assert.deepEqual(new Set(listed.map(({ of }) => of)), new Set(addresses));
  const byMember = Map.groupBy(listed, ({ of }) => of);
  for (const items of byMember.values())
    assert.deepEqual(
      items.map(({ index }) => index),
      [0, 1, 2, 3],
    );
});

test("copies of one content share the weight of one", async () => {
  const [shared] = own("all", 1);
  assert.ok(shared);
  const world = stageOf((name) => [shared, ...own(name, 3)]);
  await playUntil(world, 1n, Phase.PHASE_PREDICT);
  for (const name of names)
    assert.deepEqual(weightsOf(world, name), [27_777_777n, 83_333_333n, 83_333_333n, 83_333_333n]);
});

test("copies with conflicting labels count for nothing, and agreeing ones do", async () => {
  const [shared, agreed] = own("all", 2);
  assert.ok(shared && agreed);
  const world = stageOf((name) => [{ ...shared, label: name === "ann" ? 1 : 0 }, agreed, ...own(name, 2)]);
  await playRound(world, 1n);
  const outcome = world.chain.read((ctx) => outcomeOf(ctx, key));
  assert.deepEqual([outcome.items, outcome.itemsCounted], [12, 9]);
});

test("content that an earlier round opened weighs nothing, and counts for no quorum", async () => {
  const world = stageOf((name, roundId) => [
    ...own(name, 2),
    ...examples(2, seeded(`${name} in ${roundId}`)),
  ]);
  await playRound(world, 1n);
  await playRound(world, 2n);
  const weights = listOf(world, 2n).items.map(({ weight }) => weight);
  assert.deepEqual(weights.slice(0, 4), [0n, 0n, 83_333_333n, 83_333_333n]);

  const repeated = stageOf((name) => own(name, 4));
  await playRound(repeated, 1n);
  await playRound(repeated, 2n);
  const second = roundOf(repeated, 2n);
  assert.deepEqual([second?.phase, second?.reason], [Phase.PHASE_VOID, "3 of 2 sets, 0 of 2 distinct items"]);
});

test("a round of too few distinct contents is void, however many items it has", async () => {
  const all = own("all", 4);
  const world = stageOf(() => all, 5);
  await playRound(world, 1n);
  assert.equal(roundOf(world, 1n)?.reason, "3 of 2 sets, 4 of 5 distinct items");
});
