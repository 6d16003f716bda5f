import assert from "node:assert/strict";
import { test } from "node:test";
import { setsOf } from "#modules/commitments/api.ts";
import { errors as commitmentsErrors } from "#modules/commitments/errors.ts";
import * as elections from "#modules/elections/api.ts";
import { errors as electionsErrors } from "#modules/elections/errors.ts";
import { errors as roundsErrors } from "#modules/rounds/errors.ts";
import type { RevealedItem } from "#proto/gen/iterum/commitments.ts";
import { SeatStatus } from "#proto/gen/iterum/elections.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import type { DataSet } from "#test/kit/game/items.ts";
import { examples } from "#test/kit/game/items.ts";
import { type Member, member } from "#test/kit/game/member.ts";
import { playUntil, type World } from "#test/kit/game/play.ts";
import { seeded } from "#test/kit/game/random.ts";
import { refuses, says } from "#test/kit/game/refuse.ts";
import { revealed, revealInputs } from "#test/kit/game/say.ts";
import { stage } from "#test/kit/game/stage.ts";
import { GAME_ID } from "#test/kit/genesis.ts";

const key = { gameId: GAME_ID, roundId: 1n };

interface Elected {
  readonly who: Member["who"];
  readonly set: DataSet;
  readonly selected: readonly number[];
}

/** Those with a seat of that status, with what they must reveal. */
const seated = ({ chain, members }: World, status: SeatStatus): Elected[] =>
  chain.read((ctx) =>
    elections
      .seatsOf(ctx, key)
      .filter((seat) => seat.status === status)
      .map(({ member: address, selected }) => {
        const found = members.find(({ who }) => who.address === address);
        assert.ok(found);
        return { who: found.who, set: found.sets.get(1n) as DataSet, selected };
      }),
  );

async function atReveal(): Promise<{ world: World; elected: Elected }> {
  const world = stage();
  await playUntil(world, 1n, Phase.PHASE_REVEAL_INPUTS);
  const [elected] = seated(world, SeatStatus.SEAT_STATUS_ELECTED);
  assert.ok(elected);
  return { world, elected };
}

test("an elected member opens exactly its selected inputs", async () => {
  const { world, elected } = await atReveal();
  const { who, set, selected } = elected;
  assert.equal(selected.length, 4);
  await says(world.chain, who, revealInputs(who, 1n, set, selected));
  const [found] = world.chain.read((ctx) => [...setsOf(ctx, key)]);
  assert.deepEqual(
    found?.items.map(({ index, contentHash }) => [index, contentHash]),
    selected.map((index) => [index, set.items[index]?.contentHash]),
  );
  await refuses(world.chain, [who, electionsErrors.NotElected, revealInputs(who, 1n, set, selected)]);
});

test("other items than the selected ones are refused", async () => {
  const { world, elected } = await atReveal();
  const { who, set, selected } = elected;
  const others = [0, 1, 2, 3, 4, 5].filter((index) => !selected.includes(index));
  const swapped = [...selected.slice(1), others[0] as number];
  const chosen = set.items.filter(({ index }) => selected.includes(index)).map(revealed);
  const say = (change: Parameters<typeof revealInputs>[4]) => revealInputs(who, 1n, set, selected, change);
  await refuses(
    world.chain,
    [who, commitmentsErrors.WrongItems, revealInputs(who, 1n, set, swapped)],
    [who, commitmentsErrors.WrongItems, revealInputs(who, 1n, set, selected.slice(1))],
    [who, commitmentsErrors.WrongItems, say({ items: chosen.toReversed() })],
    [who, commitmentsErrors.WrongItems, say({ items: [] })],
    [who, commitmentsErrors.WrongItems, say({ otherLeaves: [] })],
  );
});

test("an opening that does not give the committed root is refused, whichever part differs", async () => {
  const { world, elected } = await atReveal();
  const { who, set, selected } = elected;
  const chosen = set.items.filter(({ index }) => selected.includes(index)).map(revealed);
  const flip = (bytes: Uint8Array): Uint8Array => bytes.with(0, (bytes[0] as number) ^ 1);
  const other = set.items.find(({ index }) => !selected.includes(index));
  assert.ok(other);
  const change = (part: Partial<RevealedItem>) =>
    revealInputs(who, 1n, set, selected, {
      items: [{ ...(chosen[0] as RevealedItem), ...part }, ...chosen.slice(1)],
    });
  const [first] = chosen;
  assert.ok(first);
  const wrong = commitmentsErrors.WrongRoot;
  await refuses(
    world.chain,
    [who, wrong, change({ input: flip(first.input) })],
    [who, wrong, change({ contentHash: flip(first.contentHash) })],
    [who, wrong, change({ eventCid: flip(first.eventCid) })],
    [who, wrong, change({ labelHash: flip(first.labelHash) })],
    [who, wrong, revealInputs(who, 1n, set, selected, { otherLeaves: [flip(other.leaf), other.leaf] })],
  );
});

test("a part of an item of the wrong form is refused", async () => {
  const { world, elected } = await atReveal();
  const { who, set, selected } = elected;
  const chosen = set.items.filter(({ index }) => selected.includes(index)).map(revealed);
  const change = (part: Partial<RevealedItem>) =>
    revealInputs(who, 1n, set, selected, {
      items: [{ ...(chosen[0] as RevealedItem), ...part }, ...chosen.slice(1)],
    });
  const bad = commitmentsErrors.BadItem;
  const short = new Uint8Array(31);
  await refuses(
    world.chain,
    [who, bad, change({ input: new Uint8Array(15) })],
    [who, bad, change({ contentHash: short })],
    [who, bad, change({ labelHash: short })],
    [who, bad, change({ contentKey: short })],
    [who, bad, change({ eventCid: new Uint8Array(0) })],
    [who, bad, change({ eventCid: new Uint8Array(65) })],
    [who, bad, revealInputs(who, 1n, set, selected, { otherLeaves: [short, short] })],
  );
});

test("alternates, strangers and those who are early or late open nothing", async () => {
  const world = stage();
  await playUntil(world, 1n, Phase.PHASE_ELECT);
  const [ann] = world.members;
  assert.ok(ann);
  const early = revealInputs(ann.who, 1n, ann.sets.get(1n) as DataSet, [0, 1, 2, 3]);
  const { chain } = world;
  await refuses(chain, [ann.who, roundsErrors.WrongPhase, early]);
  await playUntil(world, 1n, Phase.PHASE_REVEAL_INPUTS);
  const [alternate] = seated(world, SeatStatus.SEAT_STATUS_ALTERNATE);
  assert.ok(alternate);
  const { who, set, selected } = alternate;
  const [olga] = world.operators;
  assert.ok(olga);
  await refuses(
    chain,
    [who, electionsErrors.NotElected, revealInputs(who, 1n, set, selected)],
    [olga.who, commitmentsErrors.NoCommitment, revealInputs(olga.who, 1n, set, selected)],
  );
  await playUntil(world, 1n, Phase.PHASE_PREDICT);
  await refuses(chain, [who, roundsErrors.WrongPhase, revealInputs(who, 1n, set, selected)]);
});

test("a member with fewer items than a seat may bring opens all of them", async () => {
  const few = ["ann", "ben", "cat", "dan", "eve"].map((name) =>
    member(name, () => examples(2, seeded(`few ${name}`))),
  );
  const world = stage({ members: few });
  await playUntil(world, 1n, Phase.PHASE_REVEAL_INPUTS);
  for (const { selected } of seated(world, SeatStatus.SEAT_STATUS_ELECTED))
    assert.deepEqual(selected, [0, 1]);
  await playUntil(world, 1n, Phase.PHASE_PREDICT);
  assert.equal(world.chain.read((ctx) => [...setsOf(ctx, key)]).length, 3);
});
