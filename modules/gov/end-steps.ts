import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { assert, ChainError } from "#chain/kernel/error.ts";
import { AUTHORITY } from "#chain/protocol/authority.ts";
import { type Proposal, ProposalStatus } from "#proto/gen/iterum/gov.ts";
import { proposalOf } from "./api.ts";
import { forfeitDeposits, returnDeposits } from "./deposits.ts";
import { paramsOf } from "./params.ts";
import { due, proposals } from "./state.ts";
import { turn } from "./step.ts";
import { decide } from "./tally.ts";

/** Steps that one block ends; others that are due wait for the next ones, the oldest first. */
const STEPS_PER_BLOCK_MAX = 4;
/** Gas that a proposal's messages may use. */
const ENACT_GAS_MAX = 25_000_000n;
const REASON_CHARACTERS_MAX = 200;

const { PROPOSAL_STATUS_ACCEPTED: ACCEPTED, ...others } = ProposalStatus;

function endVote(ctx: WriteCtx, proposal: Proposal): void {
  const rule = paramsOf(ctx);
  const { outcome, reason } = decide(proposal, rule);
  if (outcome === "vetoed") {
    forfeitDeposits(ctx, proposal);
    turn(ctx, proposal, { status: others.PROPOSAL_STATUS_VETOED, endsHeight: 0n, reason });
    return;
  }
  returnDeposits(ctx, proposal);
  if (outcome === "accepted")
    turn(ctx, proposal, { status: ACCEPTED, endsHeight: ctx.height + BigInt(rule.delayBlocks) });
  else turn(ctx, proposal, { status: others.PROPOSAL_STATUS_REJECTED, endsHeight: 0n, reason });
}

/**
 * Why a proposal failed. What no module foresaw has no text of its own: it need not be the same everywhere.
 */
const reasonOf = (error: Error): string =>
  error instanceof ChainError
    ? `${error.codespace} ${error.code}: ${error.message}`.slice(0, REASON_CHARACTERS_MAX)
    : "a message failed in a way that its module did not foresee";

function enact(ctx: WriteCtx, proposal: Proposal): void {
  const error = ctx.enact(proposal.messages, AUTHORITY, ENACT_GAS_MAX);
  const status = error ? others.PROPOSAL_STATUS_FAILED : others.PROPOSAL_STATUS_ENACTED;
  turn(ctx, proposal, { status, endsHeight: 0n, reason: error ? reasonOf(error) : "" });
}

function endStep(ctx: WriteCtx, proposal: Proposal): void {
  if (proposal.status === others.PROPOSAL_STATUS_VOTING) endVote(ctx, proposal);
  else if (proposal.status === ACCEPTED) enact(ctx, proposal);
  else {
    returnDeposits(ctx, proposal);
    const reason = `only ${proposal.deposit} of the deposit came together`;
    turn(ctx, proposal, { status: others.PROPOSAL_STATUS_EXPIRED, endsHeight: 0n, reason });
  }
}

/** Ends the steps of proposals whose last height has come. */
export function endSteps(ctx: WriteCtx): void {
  let left = STEPS_PER_BLOCK_MAX;
  for (const [[height, proposalId]] of due.all(ctx)) {
    if (left === 0 || height > ctx.height) return;
    assert(proposals.has(ctx, proposalId), "a step of no proposal");
    endStep(ctx, proposalOf(ctx, proposalId));
    left -= 1;
  }
}
