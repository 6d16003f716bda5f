import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Proposal } from "#proto/gen/iterum/gov.ts";
import { errors } from "./errors.ts";
import { proposals, tallies } from "./state.ts";

/** The proposal with the votes so far; fails with (gov, 5). */
export function proposalOf(ctx: ReadCtx, proposalId: bigint): Proposal {
  const found = proposals.get(ctx, proposalId);
  ensure(found, errors.NoProposal, { proposalId });
  return { ...found, tally: tallies.get(ctx, proposalId) };
}
