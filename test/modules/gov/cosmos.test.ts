import assert from "node:assert/strict";
import { test } from "node:test";
import { errors } from "#modules/gov/errors.ts";
import type { PageRequest } from "#proto/gen/cosmos/base/query.ts";
import { PageRequest as Page } from "#proto/gen/cosmos/base/query.ts";
import {
  ProposalStatus,
  Query,
  type QueryProposalsRequest,
  TextProposal,
  VoteOption,
} from "#proto/gen/cosmos/gov.ts";
import { MsgAddMembers } from "#proto/gen/iterum/community.ts";
import { VoteOption as Own } from "#proto/gen/iterum/gov.ts";
import { type Person, people } from "#test/kit/accounts.ts";
import { newChain, say } from "#test/kit/chain.ts";
import { authority, DEPOSIT, proposalOf, proposes, vote } from "#test/kit/game/govern.ts";
import { ask, refusesQuery } from "#test/kit/game/refuse.ts";
import { DENOM, GAME_ID } from "#test/kit/genesis.ts";

const [ann, ben, olga] = people("ann", "ben", "olga") as [Person, Person, Person];
const add = (who: Person) =>
  say(MsgAddMembers, { authority, gameId: GAME_ID, members: [{ address: who.address, weight: 1n }] });
const page = (asked: Partial<PageRequest>): PageRequest => ({ ...Page.zero(), ...asked });

test("wallets read a proposal with its text, periods, deposits, votes and tally", async () => {
  const chain = newChain({ members: [ann, ben], others: [olga] });
  await chain.until(2n);
  const proposalId = await proposes(chain, olga, [add(olga)]);
  await chain.block([ann, vote(ann, proposalId, Own.VOTE_OPTION_VETO)], [ben, vote(ben, proposalId)]);
  const { title, summary } = proposalOf(chain, proposalId);
  const { proposal } = ask(chain, Query.proposal, { proposalId });
  assert.equal(proposal?.status, ProposalStatus.PROPOSAL_STATUS_VOTING_PERIOD);
  assert.equal(proposal.content?.typeUrl, "/cosmos.gov.v1beta1.TextProposal");
  assert.deepEqual(TextProposal.decode(proposal.content.value), { title, description: summary });
  assert.deepEqual(proposal.totalDeposit, [{ denom: DENOM, amount: DEPOSIT }]);
  const { submitTime, votingStartTime, votingEndTime } = proposal;
  assert.ok(submitTime && votingStartTime && votingEndTime);
  assert.ok(submitTime.seconds <= votingStartTime.seconds && votingStartTime.seconds < votingEndTime.seconds);
  const tally = { yes: 1n, no: 0n, abstain: 0n, noWithVeto: 1n };
  assert.deepEqual(ask(chain, Query.tallyResult, { proposalId }).tally, tally);
  const { VOTE_OPTION_NO_WITH_VETO: option } = VoteOption;
  const options = [{ option, weight: 10n ** 18n }];
  const anns = { proposalId, voter: ann.address, option, options };
  assert.deepEqual(ask(chain, Query.vote, { proposalId, voter: ann.address }).vote, anns);
  assert.equal(ask(chain, Query.votes, { proposalId }).votes.length, 2);
  const deposit = { proposalId, depositor: olga.address, amount: [{ denom: DENOM, amount: DEPOSIT }] };
  assert.deepEqual(ask(chain, Query.deposit, { proposalId, depositor: olga.address }).deposit, deposit);
  assert.deepEqual(ask(chain, Query.deposits, { proposalId }).deposits, [deposit]);
  refusesQuery(chain, Query.proposal, { proposalId: 9n }, errors.NoProposal);
  refusesQuery(chain, Query.vote, { proposalId, voter: olga.address }, errors.NotFound);
  refusesQuery(chain, Query.vote, { proposalId, voter: "nobody" }, errors.NotFound);
  refusesQuery(chain, Query.deposit, { proposalId, depositor: ann.address }, errors.NotFound);
});

test("wallets list proposals by status, voter and depositor, page by page in either direction", async () => {
  const chain = newChain({ members: [ann, ben], others: [olga] });
  await chain.until(2n);
  const first = await proposes(chain, olga, [add(olga)]);
  while (proposalOf(chain, first).endsHeight > 0n) await chain.block();
  const second = await proposes(chain, olga, [add(olga)]);
  const third = await proposes(chain, ben, [add(olga)]);
  await chain.block([ann, vote(ann, third)]);
  const ids = (asked: Partial<QueryProposalsRequest>) =>
    ask(chain, Query.proposals, asked).proposals.map(({ proposalId }) => proposalId);
  const { PROPOSAL_STATUS_REJECTED: rejected, PROPOSAL_STATUS_VOTING_PERIOD: voting } = ProposalStatus;
  assert.deepEqual(ids({}), [first, second, third]);
  assert.deepEqual(ids({ proposalStatus: rejected }), [first]);
  assert.deepEqual(ids({ proposalStatus: voting }), [second, third]);
  assert.deepEqual(ids({ voter: ann.address }), [third]);
  assert.deepEqual(ids({ depositor: ben.address }), [third]);
  assert.deepEqual(ids({ voter: "nobody" }), []);
  assert.deepEqual(ids({ pagination: page({ reverse: true, limit: 2n }) }), [third, second]);
  assert.deepEqual(ids({ pagination: page({ offset: 1n, limit: 1n }) }), [second]);
  const { pagination } = ask(chain, Query.proposals, { pagination: page({ limit: 2n, countTotal: true }) });
  assert.equal(pagination?.total, 3n);
  assert.deepEqual(ids({ pagination: page({ key: pagination.nextKey }) }), [third]);
});

test("wallets read the parameters of voting, tallying and deposits as shares and times", async () => {
  const chain = newChain({ members: [ann, ben], others: [olga] });
  await chain.until(1n);
  const all = ask(chain, Query.params, {});
  assert.ok((all.votingParams?.votingPeriod?.seconds ?? 0n) > 0n);
  assert.ok((all.depositParams?.maxDepositPeriod?.seconds ?? 0n) > 0n);
  assert.ok((all.tallyParams?.threshold ?? 0n) >= 5n * 10n ** 17n);
  const { votingParams, depositParams, tallyParams } = all;
  const none = { votingParams: undefined, depositParams: undefined, tallyParams: undefined };
  assert.deepEqual(ask(chain, Query.params, { paramsType: "voting" }), { ...none, votingParams });
  assert.deepEqual(ask(chain, Query.params, { paramsType: "deposit" }), { ...none, depositParams });
  assert.deepEqual(ask(chain, Query.params, { paramsType: "tallying" }), { ...none, tallyParams });
  refusesQuery(chain, Query.params, { paramsType: "weather" }, errors.NotFound);
});
