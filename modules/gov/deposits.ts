import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { u64Key } from "#chain/kernel/keys.ts";
import { AUTHORITY } from "#chain/protocol/authority.ts";
import * as bank from "#modules/bank/api.ts";
import * as community from "#modules/community/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import * as treasury from "#modules/treasury/api.ts";
import { type Proposal, ProposalStatus } from "#proto/gen/iterum/gov.ts";
import { errors } from "./errors.ts";
import { deposited, votingStarted } from "./events.ts";
import { paramsOf } from "./params.ts";
import { deposits, proposals } from "./state.ts";
import { turn } from "./step.ts";

/** Accounts that may have deposited on one proposal, so that what gives it back is bounded. */
const DEPOSITORS_MAX = 16;

const denomOf = (ctx: WriteCtx, { gameId }: Proposal): string => rounds.game(ctx, gameId).denom;

function startVoting(ctx: WriteCtx, proposal: Proposal): void {
  const { proposalId, gameId } = proposal;
  const endsHeight = ctx.height + BigInt(paramsOf(ctx).votingBlocks);
  turn(ctx, proposal, {
    status: ProposalStatus.PROPOSAL_STATUS_VOTING,
    endsHeight,
    votingHeight: ctx.height,
    ageHeight: community.ageHeight(ctx, gameId),
    electorate: community.totalWeight(ctx, gameId),
  });
  votingStarted(ctx, { proposalId, gameId, endsHeight });
}

/** Takes a deposit into the account of governance; with enough of them the vote begins. */
export function addDeposit(ctx: WriteCtx, proposal: Proposal, depositor: string, amount: bigint): void {
  const { proposalId } = proposal;
  const key = [proposalId, depositor] as const;
  const before = deposits.get(ctx, key);
  if (!before) {
    let depositors = 0;
    for (const _ of deposits.under(ctx, u64Key, proposalId)) depositors += 1;
    ensure(depositors < DEPOSITORS_MAX, errors.BadDeposit, { depositors });
  }
  bank.send(ctx, depositor, AUTHORITY, denomOf(ctx, proposal), amount);
  deposits.set(ctx, key, { proposalId, depositor, amount: (before?.amount ?? 0n) + amount });
  const next = { ...proposal, deposit: proposal.deposit + amount };
  deposited(ctx, { proposalId, depositor, amount });
  if (next.deposit >= paramsOf(ctx).depositMin) startVoting(ctx, next);
  else proposals.set(ctx, proposalId, { ...next, tally: undefined });
}

/** Gives all deposits back. */
export function returnDeposits(ctx: WriteCtx, proposal: Proposal): void {
  const denom = denomOf(ctx, proposal);
  for (const [key, { depositor, amount }] of deposits.under(ctx, u64Key, proposal.proposalId)) {
    bank.send(ctx, AUTHORITY, depositor, denom, amount);
    deposits.delete(ctx, key);
  }
}

/** Takes all deposits into the game's budget; burns them where the game has none. */
export function forfeitDeposits(ctx: WriteCtx, proposal: Proposal): void {
  const { proposalId, gameId, deposit } = proposal;
  for (const [key] of deposits.under(ctx, u64Key, proposalId)) deposits.delete(ctx, key);
  const denom = denomOf(ctx, proposal);
  if (treasury.budgetDenom(ctx, gameId) === denom)
    treasury.give(ctx, gameId, AUTHORITY, deposit, "vetoed proposal");
  else bank.burn(ctx, AUTHORITY, denom, deposit);
}
