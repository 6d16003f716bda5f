import assert from "node:assert/strict";
import { test } from "node:test";
import { setsOf } from "#modules/commitments/api.ts";
import { errors as commitmentsErrors } from "#modules/commitments/errors.ts";
import { errors as electionsErrors } from "#modules/elections/errors.ts";
import { errors as roundsErrors } from "#modules/rounds/errors.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import type { DataSet } from "#test/kit/game/items.ts";
import { purse } from "#test/kit/game/money.ts";
import { playUntil, type World } from "#test/kit/game/play.ts";
import { FEE, refuses, says } from "#test/kit/game/refuse.ts";
import { revealLabels } from "#test/kit/game/say.ts";
import { stage } from "#test/kit/game/stage.ts";
import { GAME_ID, TOKEN } from "#test/kit/genesis.ts";

const key = { gameId: GAME_ID, roundId: 1n };

async function atLabels(phase: Phase = Phase.PHASE_REVEAL_LABELS) {
  const world = stage();
  await playUntil(world, 1n, phase);
  const [revealed] = world.chain.read((ctx) => [...setsOf(ctx, key)]);
  const member = world.members.find(({ who }) => who.address === revealed?.member);
  assert.ok(revealed && member);
  const selected = revealed.items.map(({ index }) => index);
  return { world, who: member.who, set: member.sets.get(1n) as DataSet, selected };
}

const labelsOf = ({ chain }: World, address: string) =>
  chain.read((ctx) => [...setsOf(ctx, key)]).find(({ member }) => member === address);

test("labels and salts open the leaves, and the bond comes back", async () => {
  const { world, who, set, selected } = await atLabels();
  const before = purse(world.chain, who);
  await says(world.chain, who, revealLabels(who, 1n, set, selected));
  assert.equal(purse(world.chain, who), before + 500n * TOKEN - FEE);
  const opened = labelsOf(world, who.address);
  assert.deepEqual(
    opened?.labels,
    selected.map((index) => (set.items[index]?.label ?? 0) + 1),
  );
  assert.equal(opened?.labelsHeight, world.chain.height());
  const again = revealLabels(who, 1n, set, selected);
  await refuses(world.chain, [who, electionsErrors.NotElected, again]);
});

test("another label, another salt, a class that does not exist and missing labels are refused", async () => {
  const { world, who, set, selected } = await atLabels();
  const labels = selected.map((index) => {
    const { label, salt } = set.items[index] as DataSet["items"][number];
    return { index, label, salt };
  });
  const [first] = labels;
  assert.ok(first);
  const change = (part: Partial<typeof first>) =>
    revealLabels(who, 1n, set, selected, { labels: [{ ...first, ...part }, ...labels.slice(1)] });
  const { WrongLabel, WrongItems } = commitmentsErrors;
  await refuses(
    world.chain,
    [who, WrongLabel, change({ label: 1 - first.label })],
    [who, WrongLabel, change({ label: 2 })],
    [who, WrongLabel, change({ salt: new Uint8Array(32) })],
    [who, WrongLabel, change({ salt: new Uint8Array(31) })],
    [who, WrongItems, revealLabels(who, 1n, set, selected.slice(1))],
    [who, WrongItems, revealLabels(who, 1n, set, selected, { labels: labels.toReversed() })],
    [who, WrongItems, revealLabels(who, 1n, set, selected, { labels: [] })],
  );
});

test("labels are refused before predictions are fixed, and from who opened no inputs", async () => {
  const { world, who, set, selected } = await atLabels(Phase.PHASE_OPEN_PREDICTIONS);
  const stranger = world.members.find(({ who: each }) => labelsOf(world, each.address) === undefined);
  assert.ok(stranger);
  await refuses(world.chain, [who, roundsErrors.WrongPhase, revealLabels(who, 1n, set, selected)]);
  await playUntil(world, 1n, Phase.PHASE_REVEAL_LABELS);
  const theirs = stranger.sets.get(1n) as DataSet;
  await refuses(world.chain, [
    stranger.who,
    electionsErrors.NotElected,
    revealLabels(stranger.who, 1n, theirs, [0, 1, 2, 3]),
  ]);
});
