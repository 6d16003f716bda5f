import assert from "node:assert/strict";
import { test } from "node:test";
import { moduleAddress } from "#chain/protocol/address.ts";
import { errors as txErrors } from "#chain/tx/errors.ts";
import { gasFor } from "#client/fees.ts";
import * as community from "#modules/community/api.ts";
import { errors as feegrantErrors } from "#modules/feegrant/errors.ts";
import { BasicAllowance, MsgGrantAllowance } from "#proto/gen/cosmos/feegrant.ts";
import { MsgAddMembers, MsgRemoveMembers } from "#proto/gen/iterum/community.ts";
import {
  Query as Gov,
  MsgDeposit,
  MsgUpdateParams,
  ProposalStatus,
  VoteOption,
} from "#proto/gen/iterum/gov.ts";
import { MsgPayout } from "#proto/gen/iterum/treasury.ts";
import { type Person, people, person } from "#test/kit/accounts.ts";
import { newChain, type Said, say, type TestChain } from "#test/kit/chain.ts";
import { authority, DEPOSIT, decides, proposalOf, propose, proposes, vote } from "#test/kit/game/govern.ts";
import { budget, moduleHolds, purse, supply } from "#test/kit/game/money.ts";
import { ask, FEE, refuses, says } from "#test/kit/game/refuse.ts";
import { GAME_ID, TOKEN } from "#test/kit/genesis.ts";

const [ann, ben, cat, olga] = people("ann", "ben", "cat", "olga") as [Person, Person, Person, Person];
const { VOTE_OPTION_NO: NO, VOTE_OPTION_VETO: VETO, VOTE_OPTION_ABSTAIN: ABSTAIN } = VoteOption;

const chainOf = () => newChain({ members: [ann, ben, cat], others: [olga] });
const gameId = GAME_ID;
const add = (who: Person, weight = 1n) =>
  say(MsgAddMembers, { authority, gameId, members: [{ address: who.address, weight }] });
const remove = (who: Person) => say(MsgRemoveMembers, { authority, gameId, addresses: [who.address] });
const isMember = (chain: TestChain, who: Person): boolean =>
  chain.read((ctx) => community.findMember(ctx, GAME_ID, who.address)) !== undefined;
const ends = async (chain: TestChain, id: bigint) => {
  while (proposalOf(chain, id).endsHeight > 0n) await chain.block();
  return proposalOf(chain, id);
};

test("what a community accepts runs after the delay, and the deposit comes back", async () => {
  const chain = chainOf();
  await chain.until(2n);
  const before = purse(chain, olga);
  const id = await proposes(chain, olga, [add(olga)]);
  assert.equal(moduleHolds(chain, "gov"), DEPOSIT);
  await chain.block([ann, vote(ann, id)], [ben, vote(ben, id)]);
  const { endsHeight, electorate } = proposalOf(chain, id);
  assert.equal(electorate, 3n);
  await chain.until(endsHeight);
  assert.equal(proposalOf(chain, id).status, ProposalStatus.PROPOSAL_STATUS_ACCEPTED);
  assert.ok(!isMember(chain, olga));
  assert.equal(purse(chain, olga), before - FEE);
  const { status, reason } = await ends(chain, id);
  assert.deepEqual([status, reason], [ProposalStatus.PROPOSAL_STATUS_ENACTED, ""]);
  assert.equal(chain.height(), endsHeight + 2n);
  assert.ok(isMember(chain, olga));
});

test("when one message fails none has any effect, and the proposal says why", async () => {
  const chain = chainOf();
  await chain.until(2n);
  const [dan] = people("dan") as [Person];
  const { status, reason } = await decides(chain, [ann, ben], [add(dan), remove(olga)]);
  assert.equal(status, ProposalStatus.PROPOSAL_STATUS_FAILED);
  assert.match(reason, /^community 2: the account is no member/);
  assert.ok(!isMember(chain, dan));
});

test("no transaction carries a message of governance, by whatever name and however packed", async () => {
  const chain = chainOf();
  const own = say(MsgAddMembers, {
    authority: ann.address,
    gameId,
    members: [{ address: olga.address, weight: 1n }],
  });
  const grant = (allowance: typeof own) =>
    say(MsgGrantAllowance, { granter: ann.address, grantee: olga.address, allowance });
  await refuses(
    chain,
    [ann, txErrors.UnknownMessage, own],
    [ann, txErrors.UnknownMessage, add(olga)],
    [ann, feegrantErrors.BadAllowance, grant(own)],
    [ann, txErrors.NestedAny, grant({ typeUrl: "/iterum.gov.v1.MsgVote", value: new Uint8Array() })],
  );
  await says(chain, ann, grant(say(BasicAllowance, BasicAllowance.zero())));
});

for (const [name, votes, status, returned] of [
  ["too few vote", [[ann, VoteOption.VOTE_OPTION_YES]], "REJECTED", true],
  [
    "no more than half agree",
    [
      [ann, VoteOption.VOTE_OPTION_YES],
      [ben, NO],
    ],
    "REJECTED",
    true,
  ],
  [
    "all abstain",
    [
      [ann, ABSTAIN],
      [ben, ABSTAIN],
    ],
    "REJECTED",
    true,
  ],
  [
    "many veto",
    [
      [ann, VoteOption.VOTE_OPTION_YES],
      [ben, VETO],
    ],
    "VETOED",
    false,
  ],
] as const)
  test(`a proposal has no effect when ${name}`, async () => {
    const chain = chainOf();
    await chain.until(2n);
    const money = [purse(chain, olga), budget(chain), supply(chain)] as const;
    const id = await proposes(chain, olga, [add(olga)]);
    await chain.block(...votes.map(([who, option]) => [who, vote(who, id, option)] as const));
    const { status: found } = await ends(chain, id);
    assert.equal(found, ProposalStatus[`PROPOSAL_STATUS_${status}`]);
    assert.ok(!isMember(chain, olga));
    const lost = returned ? 0n : DEPOSIT;
    assert.deepEqual(
      [purse(chain, olga), budget(chain), supply(chain), moduleHolds(chain, "gov")],
      [money[0] - FEE - lost, money[1] + lost, money[2], 0n],
    );
  });

test("deposits come together from several, and go back when they do not in time", async () => {
  const chain = chainOf();
  await chain.until(2n);
  const before = [purse(chain, olga), purse(chain, ann)] as const;
  const deposit = (who: Person, proposalId: bigint, amount: bigint) =>
    say(MsgDeposit, { depositor: who.address, proposalId, amount });
  const first = await proposes(chain, olga, [add(olga)], { deposit: TOKEN });
  await says(chain, ann, deposit(ann, first, TOKEN));
  assert.equal(proposalOf(chain, first).status, ProposalStatus.PROPOSAL_STATUS_DEPOSIT);
  assert.deepEqual((await ends(chain, first)).status, ProposalStatus.PROPOSAL_STATUS_EXPIRED);
  assert.deepEqual([purse(chain, olga), purse(chain, ann)], [before[0] - FEE, before[1] - FEE]);
  const second = await proposes(chain, olga, [add(olga)], { deposit: TOKEN });
  await says(chain, ann, deposit(ann, second, DEPOSIT - TOKEN));
  assert.equal(proposalOf(chain, second).status, ProposalStatus.PROPOSAL_STATUS_VOTING);
  assert.equal(ask(chain, Gov.proposal, { proposalId: second }).deposits.length, 2);
});

test("a later vote takes the place of the one before", async () => {
  const chain = chainOf();
  await chain.until(2n);
  const id = await proposes(chain, olga, [add(olga)]);
  await chain.block([ann, vote(ann, id, NO)], [ben, vote(ben, id)]);
  await chain.block([ann, vote(ann, id)]);
  const { yes, no } = proposalOf(chain, id).tally ?? {};
  assert.deepEqual([yes, no], [2n, 0n]);
  assert.equal(ask(chain, Gov.votes, { proposalId: id }).votes.length, 2);
});

test("the council changes the parameters of governance", async () => {
  const chain = chainOf();
  await chain.until(2n);
  const { params } = ask(chain, Gov.params, {});
  assert.ok(params);
  const next = { ...params, votingBlocks: 7 };
  const { status } = await decides(chain, [ann, ben], [say(MsgUpdateParams, { authority, params: next })]);
  assert.equal(status, ProposalStatus.PROPOSAL_STATUS_ENACTED);
  assert.deepEqual(ask(chain, Gov.params, {}).params, next);
});

test("a block ends a bounded number of steps, and the next ones the rest in turn", async () => {
  const chain = chainOf();
  await chain.until(2n);
  const ids = [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n];
  const two = (who: Person) => [who, propose(who, [add(olga)]), propose(who, [add(olga)])] as const;
  await chain.block(two(ann), two(ben), two(cat), two(olga));
  const open = () => ids.filter((id) => proposalOf(chain, id).endsHeight > 0n).length;
  await chain.until(proposalOf(chain, 1n).endsHeight);
  assert.equal(open(), 4);
  await chain.block();
  assert.equal(open(), 0);
  assert.equal(moduleHolds(chain, "gov"), 0n);
  assert.equal(moduleAddress("gov"), authority);
});

test("the client's gas pays for the largest proposal, and for deposits and votes on it", async () => {
  const chain = newChain({ members: [ann], others: [olga] });
  await chain.until(2n);
  const text = say(MsgPayout, { authority, gameId, to: olga.address, amount: 1n, purpose: "x".repeat(140) });
  const listings = Array.from({ length: 500 }, (_, i) => ({ address: person(`p${i}`).address, weight: 1n }));
  const long = say(MsgAddMembers, { authority, gameId, members: listings });
  const messages = [long, ...Array.from({ length: 15 }, () => text)];
  const used = async (who: Person, said: Said): Promise<bigint> => {
    const [result] = await chain.block([who, said]);
    assert.deepEqual([result?.code, result?.log], [0, ""]);
    assert.ok((result?.gasUsed ?? 0n) <= gasFor([said]), `${result?.gasUsed} of ${gasFor([said])}`);
    return result?.gasUsed ?? 0n;
  };
  await used(olga, propose(olga, messages, { deposit: TOKEN, summary: "x".repeat(4_096) }));
  await used(ann, say(MsgDeposit, { depositor: ann.address, proposalId: 1n, amount: DEPOSIT - TOKEN }));
  await used(ann, vote(ann, 1n));
});
