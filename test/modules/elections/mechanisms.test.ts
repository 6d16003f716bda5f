import assert from "node:assert/strict";
import { test } from "node:test";
import { compareBytes } from "#chain/bytes/compare.ts";
import { addressBytes, moduleAddress } from "#chain/protocol/address.ts";
import * as bank from "#modules/bank/api.ts";
import { errors as communityErrors } from "#modules/community/errors.ts";
import * as elections from "#modules/elections/api.ts";
import { drawCommittee } from "#modules/elections/draw.ts";
import { errors as electionsErrors } from "#modules/elections/errors.ts";
import { candidates, emptying, tickets } from "#modules/elections/state.ts";
import { BONDS, clearUrns, putIn } from "#modules/elections/urn.ts";
import { MsgVoteCouncil, Query } from "#proto/gen/iterum/elections.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { type Person, person } from "#test/kit/accounts.ts";
import { bareState } from "#test/kit/bare.ts";
import { say } from "#test/kit/chain.ts";
import { operator } from "#test/kit/game/operator.ts";
import { playBlock, playUntil, roundOf, runningRounds, type World } from "#test/kit/game/play.ts";
import { ask, refuses, says } from "#test/kit/game/refuse.ts";
import { stage, wordCounter } from "#test/kit/game/stage.ts";
import { DENOM, GAME_ID } from "#test/kit/genesis.ts";
import { unprovableTemplate } from "#test/kit/template.ts";

const names = ["ann", "ben", "cat", "dan", "eve"];
const [ann, ben, cat, dan] = names.map(person) as [Person, Person, Person, Person];

const vote = (voter: Person, nominee: string) =>
  say(MsgVoteCouncil, { voter: voter.address, gameId: GAME_ID, nominee });

const seated = ({ chain }: World, roundId = 1n): string[] =>
  chain.read((ctx) => elections.seatsOf(ctx, { gameId: GAME_ID, roundId })).map((seat) => seat.member);

const council = ({ chain }: World) =>
  ask(chain, Query.council, { gameId: GAME_ID }).nominees.map(({ nominee, votes }) => [nominee, votes]);

test("a council sits by the members' votes, most first, and a vote can be moved and taken back", async () => {
  const world = stage({ mechanism: "vote", committee: 2, alternates: 1, operators: [] });
  await world.chain.until(1n);
  await says(world.chain, ann, vote(ann, dan.address));
  await says(world.chain, ben, vote(ben, dan.address));
  await says(world.chain, cat, vote(cat, ann.address));
  await says(world.chain, dan, vote(dan, cat.address));
  const tied = [ann.address, cat.address].sort((a, b) => compareBytes(addressBytes(a), addressBytes(b)));
  assert.deepEqual(council(world), [[dan.address, 2n], ...tied.map((each) => [each, 1n])]);
  await says(world.chain, cat, vote(cat, dan.address));
  await says(world.chain, dan, vote(dan, ""));
  await says(world.chain, ben, vote(ben, ben.address));
  assert.deepEqual(council(world), [
    [dan.address, 2n],
    [ben.address, 1n],
  ]);
  await playUntil(world, 1n, Phase.PHASE_REVEAL_INPUTS);
  assert.deepEqual(seated(world), [dan.address, ben.address]);
});

test("members only vote, for members only", async () => {
  const rich = person("rich");
  const world = stage({ mechanism: "vote", others: [rich] });
  await refuses(
    world.chain,
    [rich, communityErrors.NotMember, vote(rich, ann.address)],
    [ann, communityErrors.NotMember, vote(ann, rich.address)],
    [ann, electionsErrors.BadVote, vote(ann, "nobody")],
  );
});

test("nominees without data, and those who trade, do not sit", async () => {
  const trader = operator("dan", unprovableTemplate(), wordCounter(2));
  const world = stage({ mechanism: "vote", operators: [trader], committee: 2, alternates: 0, quorumSets: 1 });
  await world.chain.until(1n);
  for (const [who, nominee] of [
    [ann, dan],
    [ben, cat],
    [cat, ann],
  ] as const)
    await says(world.chain, who, vote(who, nominee.address));
  await playUntil(world, 1n, Phase.PHASE_REVEAL_INPUTS, (name, step) =>
    name === "cat" && step === "commitData" ? "silent" : undefined,
  );
  assert.deepEqual(seated(world), [ann.address]);
});

test("where everybody sits, as many commit data as there are seats", async () => {
  const world = stage({ mechanism: "all", committee: 4, alternates: 0, itemsMax: 16, operators: [] });
  const deeds = await playUntil(world, 1n, Phase.PHASE_REVEAL_INPUTS);
  const refused = deeds.filter(({ code }) => code !== 0);
  const { codespace, code } = electionsErrors.UrnFull;
  assert.deepEqual(
    refused.map((deed) => [deed.name, deed.codespace, deed.code]),
    [["eve", codespace, code]],
  );
  const inOrder = [ann, ben, cat, dan].sort((a, b) =>
    compareBytes(addressBytes(a.address), addressBytes(b.address)),
  );
  assert.deepEqual(
    seated(world),
    inOrder.map(({ address }) => address),
  );
});

test("a slashed member is kept out for so many rounds, also of one that it has entered", async () => {
  const world = stage({ cooldownRounds: 2, operators: [], committee: 5, alternates: 0, itemsMax: 20 });
  const tries = new Map<bigint, number>();
  while ((roundOf(world, 4n)?.phase ?? 0) < Phase.PHASE_REVEAL_INPUTS) {
    const deeds = await playBlock(world, runningRounds(world), (name, step, roundId) =>
      name === "ann" && step === "revealLabels" && roundId === 1n ? "silent" : undefined,
    );
    for (const { name, step, roundId, code } of deeds)
      if (name === "ann" && step === "commitData") tries.set(roundId, code);
  }
  const { code } = electionsErrors.Barred;
  assert.deepEqual([...tries].slice(0, 4), [
    [1n, 0],
    [2n, 0],
    [3n, code],
    [4n, 0],
  ]);
  const sits = [1n, 2n, 3n, 4n].map((roundId) => seated(world, roundId).includes(ann.address));
  assert.deepEqual(sits, [true, false, false, true]);
});

test("bonds of a large urn come back over several blocks, all of them, and the draw does not wait", () => {
  const { gameId, roundId } = { gameId: GAME_ID, roundId: 1n };
  const state = bareState({ members: [], others: [], treasury: 0n });
  const ctx = state.next();
  const names = Array.from({ length: 1_300 }, (_, i) => moduleAddress(`candidate ${i}`));
  bank.mint(ctx, BONDS, DENOM, 7n * BigInt(names.length));
  for (const name of names) putIn(ctx, { gameId, roundId }, { member: name, weight: 1n, count: 3, bond: 7n });
  drawCommittee(ctx, { gameId, roundId });
  assert.equal(elections.seatsOf(ctx, { gameId, roundId }).length, 5);
  const held: bigint[] = [];
  for (let block = 0; block < 4; block++) {
    clearUrns(ctx);
    held.push(bank.balance(ctx, BONDS, DENOM));
  }
  assert.deepEqual(
    held,
    [800n, 300n, 5n, 5n].map((bonds) => 7n * bonds),
  );
  assert.deepEqual([[...candidates.all(ctx)], [...tickets.all(ctx)], [...emptying.all(ctx)]], [[], [], []]);
});
