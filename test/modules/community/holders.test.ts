import assert from "node:assert/strict";
import { test } from "node:test";
import { InsufficientFunds } from "#modules/bank/errors.ts";
import * as community from "#modules/community/api.ts";
import { errors as communityErrors } from "#modules/community/errors.ts";
import { candidates } from "#modules/elections/state.ts";
import { errors as govErrors } from "#modules/gov/errors.ts";
import * as rounds from "#modules/rounds/api.ts";
import {
  GenesisState as Community,
  MsgAddMembers,
  MsgStake,
  MsgUnstake,
  Query,
  Rule,
} from "#proto/gen/iterum/community.ts";
import { binding, type Person, people } from "#test/kit/accounts.ts";
import { newChain, say, type TestChain } from "#test/kit/chain.ts";
import { altered } from "#test/kit/game/alter.ts";
import { authority, propose, proposes, vote } from "#test/kit/game/govern.ts";
import { dataSet, examples } from "#test/kit/game/items.ts";
import { moduleHolds, purse } from "#test/kit/game/money.ts";
import { seeded } from "#test/kit/game/random.ts";
import { ask, FEE, refuses, says } from "#test/kit/game/refuse.ts";
import { bindEthereum, commitData } from "#test/kit/game/say.ts";
import { brisk } from "#test/kit/game/stage.ts";
import { CHAIN_ID, DENOM, GAME_ID, TOKEN } from "#test/kit/genesis.ts";

const [ann, ben] = people("ann", "ben") as [Person, Person];
const gameId = GAME_ID;
const rule = {
  ...Rule.zero(),
  ...{ gameId, kind: "holders/1", denom: DENOM, threshold: 100n, ageRounds: 2 },
  ...{ weighting: "stake/1", stakeCap: 250n },
};
const alter = altered("community", Community, (state) => ({ ...state, rules: [rule] }));
const chainOf = () => newChain({ members: [], others: [ann, ben], schedule: brisk, alter });

const stake = (who: Person, amount: bigint) => say(MsgStake, { member: who.address, gameId, amount });
const unstake = (who: Person, amount: bigint) => say(MsgUnstake, { member: who.address, gameId, amount });
const standing = (chain: TestChain, who: Person) => {
  const { weight, weightOfAge } = ask(chain, Query.standing, { gameId, address: who.address });
  return [weight, weightOfAge];
};
const last = (chain: TestChain) => chain.read((ctx) => rounds.lastRoundId(ctx, gameId));
const total = (chain: TestChain) => chain.read((ctx) => community.totalWeight(ctx, gameId));
const laterBy = async (chain: TestChain, count: bigint) => {
  const until = last(chain) + count;
  while (last(chain) < until) await chain.block();
};

test("who locks the threshold before the first round is of age in it, and counts up to the cap", async () => {
  const chain = chainOf();
  const before = purse(chain, ann);
  await says(chain, ann, stake(ann, 120n));
  assert.deepEqual([standing(chain, ann), total(chain)], [[120n, 120n], 120n]);
  assert.deepEqual([purse(chain, ann), moduleHolds(chain, "community")], [before - 120n - FEE, 120n]);
  await says(chain, ann, stake(ann, 400n));
  assert.deepEqual([standing(chain, ann), total(chain)], [[120n, 250n], 250n]);
  await laterBy(chain, 3n);
  assert.deepEqual(standing(chain, ann), [250n, 250n]);
});

test("a member of age stands in the urn with the tickets that its stake gives", async () => {
  const chain = newChain({ members: [], others: [ann, ben], alter });
  await chain.block([ann, stake(ann, 400n), bindEthereum(ann, binding(ann, CHAIN_ID, gameId))]);
  await says(chain, ben, stake(ben, 400n), bindEthereum(ben, binding(ben, CHAIN_ID, gameId)));
  const commit = (who: Person) => {
    const ref = { chainId: CHAIN_ID, gameId, roundId: 1n };
    return commitData(who, 1n, dataSet(ref, examples(2, seeded("urn")), seeded("salts")));
  };
  const [mine, late] = await chain.block([ann, commit(ann)], [ben, commit(ben)]);
  assert.deepEqual([mine?.code, late?.code], [0, communityErrors.NoStanding().code]);
  const urn = chain.read((ctx) => [...candidates.all(ctx)].map(([, { member, weight }]) => [member, weight]));
  assert.deepEqual(urn, [[ann.address, 250n]]);
});

test("coins come back at once, the youngest first, and the last of them ends the membership", async () => {
  const chain = chainOf();
  const before = purse(chain, ann);
  await says(chain, ann, stake(ann, 120n));
  await says(chain, ann, stake(ann, 30n));
  await says(chain, ann, unstake(ann, 40n));
  assert.deepEqual([standing(chain, ann), total(chain)], [[110n, 110n], 110n]);
  await says(chain, ann, unstake(ann, 110n));
  assert.equal(
    chain.read((ctx) => community.findMember(ctx, gameId, ann.address)),
    undefined,
  );
  assert.deepEqual([purse(chain, ann), total(chain)], [before - 4n * FEE, 0n]);
});

test("the same coins never stand behind two members of a round or of a vote", async () => {
  const chain = chainOf();
  await says(chain, ann, stake(ann, 200n));
  await laterBy(chain, 1n);
  const add = say(MsgAddMembers, { authority, gameId, members: [{ address: ben.address, weight: 1n }] });
  const proposalId = await proposes(chain, ann, [add]);
  const results = await chain.block(
    [ann, vote(ann, proposalId), unstake(ann, 200n)],
    [ben, stake(ben, 200n)],
  );
  assert.deepEqual(
    results.map(({ code }) => code),
    [0, 0],
  );
  assert.deepEqual(standing(chain, ben), [0n, 200n]);
  const [refused] = await chain.block([ben, vote(ben, proposalId)]);
  assert.deepEqual([refused?.codespace, refused?.code], ["gov", govErrors.NoVote().code]);
});

test("what was added to a stake comes of age by itself, and does not make the rest younger", async () => {
  const chain = chainOf();
  await laterBy(chain, 1n);
  await says(chain, ann, stake(ann, 100n));
  await laterBy(chain, 1n);
  await says(chain, ann, stake(ann, 50n));
  assert.deepEqual(standing(chain, ann), [0n, 150n]);
  await laterBy(chain, 3n);
  assert.deepEqual(standing(chain, ann), [150n, 150n]);
  await says(chain, ann, stake(ann, 60n));
  assert.deepEqual(standing(chain, ann), [150n, 210n]);
});

test("a stake of nothing, below the threshold or beyond the purse is refused", async () => {
  const chain = chainOf();
  await says(chain, ann, stake(ann, 120n));
  const { BadStake, NotMember, WrongKind } = communityErrors;
  const add = say(MsgAddMembers, { authority, gameId, members: [{ address: ben.address, weight: 1n }] });
  await refuses(
    chain,
    [ben, BadStake, stake(ben, 0n)],
    [ben, BadStake, stake(ben, 99n)],
    [ben, InsufficientFunds, stake(ben, 10n ** 20n)],
    [ben, NotMember, unstake(ben, 1n)],
    [ann, BadStake, unstake(ann, 0n)],
    [ann, BadStake, unstake(ann, 21n)],
    [ann, BadStake, unstake(ann, 121n)],
    [ben, WrongKind, say(MsgStake, { member: ben.address, gameId: "chess", amount: 100n })],
  );
  await says(chain, ben, propose(ben, [add], { deposit: TOKEN }));
});

test("an import has every stake, and goes on with it", async () => {
  const chain = chainOf();
  await says(chain, ann, stake(ann, 120n));
  const again = newChain({ members: [], others: [], schedule: brisk, alter: () => chain.app.dump() });
  assert.deepEqual([total(again), moduleHolds(again, "community")], [120n, 120n]);
  await says(again, ann, unstake(ann, 120n));
  assert.equal(total(again), 0n);
});
