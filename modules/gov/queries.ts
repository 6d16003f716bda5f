import { u64Key } from "#chain/kernel/keys.ts";
import type { Answers } from "#chain/kernel/module.ts";
import type { Proposal, Query, Vote } from "#proto/gen/iterum/gov.ts";
import { proposalOf } from "./api.ts";
import { deposits, nextProposalId, params, votes } from "./state.ts";

const PAGE_MAX = 100;
/** Proposals that one query looks at. */
const LOOKED_AT_MAX = 1_000n;

export const answers: Answers<typeof Query> = {
  params: (ctx) => ({ params: params.find(ctx) }),
  proposal: (ctx, { proposalId }) => ({
    proposal: proposalOf(ctx, proposalId),
    deposits: [...deposits.under(ctx, u64Key, proposalId)].map(([, deposit]) => deposit),
  }),
  proposals: (ctx, { fromProposalId, gameId }) => {
    const found: Proposal[] = [];
    const next = nextProposalId.get(ctx);
    const from = fromProposalId > 0n ? fromProposalId : 1n;
    let id = from;
    for (; id < next && id < from + LOOKED_AT_MAX && found.length < PAGE_MAX; id++) {
      const proposal = proposalOf(ctx, id);
      if (gameId === "" || proposal.gameId === gameId) found.push(proposal);
    }
    return { proposals: found, nextProposalId: id < next ? id : 0n };
  },
  votes: (ctx, { proposalId, afterVoter }) => {
    const found: Vote[] = [];
    let isAfter = afterVoter === "";
    for (const [, vote] of votes.under(ctx, u64Key, proposalId)) {
      if (found.length === PAGE_MAX) break;
      if (isAfter) found.push(vote);
      if (vote.voter === afterVoter) isAfter = true;
    }
    return { votes: found };
  },
};
