import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import * as community from "#modules/community/api.ts";
import { type MsgVote, type MsgVoteResponse, ProposalStatus } from "#proto/gen/iterum/gov.ts";
import { errors } from "./errors.ts";
import { voted } from "./events.ts";
import { tallies, votes } from "./state.ts";
import { proposalAt } from "./step.ts";
import { counted, isOption } from "./tally.ts";

/**
 * Votes with what the sender has had since before the vote began; a later vote takes the place of the one
 * before. Coins that change hands give nobody a second vote: whoever gets them was not there in time.
 */
export const vote: Handler<MsgVote, MsgVoteResponse> = {
  signer: ({ voter }) => voter,
  check: ({ option }) => ensure(isOption(option), errors.BadVote, { option }),
  run: (ctx, { voter, proposalId, option }) => {
    const proposal = proposalAt(ctx, proposalId, ProposalStatus.PROPOSAL_STATUS_VOTING);
    const { gameId, ageHeight } = proposal;
    const weight = community.weightSince(ctx, gameId, voter, ageHeight);
    ensure(weight > 0n, errors.NoVote, { gameId, voter, ageHeight });
    const before = votes.get(ctx, [proposalId, voter]);
    const without = before ? counted(proposal.tally, before.option, -before.weight) : proposal.tally;
    tallies.set(ctx, proposalId, counted(without, option, weight));
    votes.set(ctx, [proposalId, voter], { proposalId, voter, option, weight });
    voted(ctx, { proposalId, voter, option, weight });
    return { weight };
  },
};
