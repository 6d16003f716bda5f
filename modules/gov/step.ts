import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { type Proposal, ProposalStatus } from "#proto/gen/iterum/gov.ts";
import { proposalOf } from "./api.ts";
import { errors } from "./errors.ts";
import { proposalTurned } from "./events.ts";
import { due, proposals } from "./state.ts";

const names: ReadonlyMap<number, string> = new Map(
  Object.entries(ProposalStatus).map(([name, value]) => [
    value as number,
    name.slice("PROPOSAL_STATUS_".length),
  ]),
);

/** The proposal, which must be at the step; fails with (gov, 5) or (gov, 6). */
export function proposalAt(ctx: ReadCtx, proposalId: bigint, status: ProposalStatus): Proposal {
  const found = proposalOf(ctx, proposalId);
  ensure(found.status === status, errors.WrongStatus, {
    proposalId,
    status: names.get(found.status) ?? "",
    needed: names.get(status) ?? "",
  });
  return found;
}

/**
 * Stores a proposal at a new step that ends with the block of a height, 0 for one that has ended; returns it.
 */
export function turn(
  ctx: WriteCtx,
  before: Proposal,
  change: Partial<Proposal> & Pick<Proposal, "status" | "endsHeight">,
): Proposal {
  const { proposalId, gameId } = before;
  const next = { ...before, ...change };
  if (before.endsHeight > 0n) due.delete(ctx, [before.endsHeight, proposalId]);
  if (next.endsHeight > 0n) due.set(ctx, [next.endsHeight, proposalId], true);
  proposals.set(ctx, proposalId, { ...next, tally: undefined });
  proposalTurned(ctx, { proposalId, gameId, status: names.get(next.status) ?? "", reason: next.reason });
  return next;
}
