import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { floorDiv } from "#chain/math/mul-div.ts";
import type { Coin } from "#proto/gen/cosmos/base.ts";
import * as cosmos from "#proto/gen/cosmos/gov.ts";
import type { Duration, Timestamp } from "#proto/gen/google/protobuf.ts";
import * as iterum from "#proto/gen/iterum/gov.ts";

/** What a block counts for where wallets want times: the chain itself keeps heights. */
const BLOCK_SECONDS = 1n;
/** What Cosmos SDK gives for a time that has not come: the year 1. */
const NO_TIME: Timestamp = { seconds: -62_135_596_800n, nanos: 0 };
/** The whole of a vote, as a cosmos.Dec. */
const ONE = 10n ** 18n;

const statuses: ReadonlyMap<number, number> = new Map([
  [iterum.ProposalStatus.PROPOSAL_STATUS_DEPOSIT, cosmos.ProposalStatus.PROPOSAL_STATUS_DEPOSIT_PERIOD],
  [iterum.ProposalStatus.PROPOSAL_STATUS_VOTING, cosmos.ProposalStatus.PROPOSAL_STATUS_VOTING_PERIOD],
  [iterum.ProposalStatus.PROPOSAL_STATUS_ACCEPTED, cosmos.ProposalStatus.PROPOSAL_STATUS_PASSED],
  [iterum.ProposalStatus.PROPOSAL_STATUS_ENACTED, cosmos.ProposalStatus.PROPOSAL_STATUS_PASSED],
  [iterum.ProposalStatus.PROPOSAL_STATUS_FAILED, cosmos.ProposalStatus.PROPOSAL_STATUS_FAILED],
  [iterum.ProposalStatus.PROPOSAL_STATUS_REJECTED, cosmos.ProposalStatus.PROPOSAL_STATUS_REJECTED],
  [iterum.ProposalStatus.PROPOSAL_STATUS_EXPIRED, cosmos.ProposalStatus.PROPOSAL_STATUS_REJECTED],
  [iterum.ProposalStatus.PROPOSAL_STATUS_VETOED, cosmos.ProposalStatus.PROPOSAL_STATUS_REJECTED],
]);

const options: ReadonlyMap<number, number> = new Map([
  [iterum.VoteOption.VOTE_OPTION_YES, cosmos.VoteOption.VOTE_OPTION_YES],
  [iterum.VoteOption.VOTE_OPTION_NO, cosmos.VoteOption.VOTE_OPTION_NO],
  [iterum.VoteOption.VOTE_OPTION_ABSTAIN, cosmos.VoteOption.VOTE_OPTION_ABSTAIN],
  [iterum.VoteOption.VOTE_OPTION_VETO, cosmos.VoteOption.VOTE_OPTION_NO_WITH_VETO],
]);

/** When a block of that height was, or will be, at the pace of one second a block from now. */
function timeAt(ctx: ReadCtx, height: bigint): Timestamp {
  const seconds = floorDiv(ctx.timeMs, 1000n) + (height - ctx.height) * BLOCK_SECONDS;
  return { seconds, nanos: 0 };
}

/** How long so many blocks take at that pace. */
export const durationOf = (blocks: number): Duration => ({
  seconds: BigInt(blocks) * BLOCK_SECONDS,
  nanos: 0,
});

/** The votes so far as Cosmos SDK writes them. */
export function cosmosTally(tally: iterum.Tally | undefined): cosmos.TallyResult {
  const { yes = 0n, no = 0n, abstain = 0n, veto = 0n } = tally ?? {};
  return { yes, no, abstain, noWithVeto: veto };
}

/** A vote as Cosmos SDK writes it: the whole of it for one option. */
export function cosmosVote({ proposalId, voter, option: own }: iterum.Vote): cosmos.Vote {
  const option = options.get(own) ?? 0;
  return { proposalId, voter, option, options: [{ option, weight: ONE }] };
}

/** A proposal as Cosmos SDK writes it: its text, and heights as times. */
export function cosmosProposal(
  ctx: ReadCtx,
  proposal: iterum.Proposal,
  { depositBlocks, votingBlocks }: iterum.Params,
  totalDeposit: readonly Coin[],
): cosmos.Proposal {
  const { proposalId, title, summary, submittedHeight, votingHeight } = proposal;
  const value = cosmos.TextProposal.encode({ title, description: summary });
  return {
    ...{ proposalId, totalDeposit },
    content: { typeUrl: cosmos.TextProposal.typeUrl, value },
    status: statuses.get(proposal.status) ?? 0,
    finalTallyResult: cosmosTally(proposal.tally),
    submitTime: timeAt(ctx, submittedHeight),
    depositEndTime: timeAt(ctx, submittedHeight + BigInt(depositBlocks)),
    votingStartTime: votingHeight > 0n ? timeAt(ctx, votingHeight) : NO_TIME,
    votingEndTime: votingHeight > 0n ? timeAt(ctx, votingHeight + BigInt(votingBlocks)) : NO_TIME,
  };
}
