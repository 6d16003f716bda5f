import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import type { RoundKey } from "#modules/rounds/api.ts";
import { give, ledgerOf, payOut } from "./budget.ts";
import { roundIsShort } from "./events.ts";
import { budgets, ledgers, subscriptions } from "./state.ts";

export { give } from "./budget.ts";

/** Base units that the game may still spend; 0 for a game without a budget. */
export const available = (ctx: ReadCtx, gameId: string): bigint => budgets.get(ctx, gameId)?.available ?? 0n;

/** Denom of the game's budget; undefined for a game without one. */
export const budgetDenom = (ctx: ReadCtx, gameId: string): string | undefined =>
  budgets.get(ctx, gameId)?.denom;

/**
 * Moves what an opening round locks out of the game's budget; the caller has looked at `available` first.
 */
export function spend(ctx: WriteCtx, gameId: string, to: string, amount: bigint, purpose: string): void {
  if (amount === 0n) return;
  payOut(ctx, gameId, to, amount, purpose);
  const ledger = ledgerOf(ctx, gameId);
  const isSame = ledger.lastHeight === ctx.height;
  ledgers.set(ctx, gameId, {
    ...ledger,
    rounds: ledger.rounds + (isSame ? 0n : 1n),
    locked: ledger.locked + amount,
    lastLocked: (isSame ? ledger.lastLocked : 0n) + amount,
    lastHeight: ctx.height,
  });
}

/** Moves what comes of a round into the game's budget; fails when the account has less. */
export function receive(ctx: WriteCtx, gameId: string, from: string, amount: bigint, purpose: string): void {
  if (amount === 0n) return;
  give(ctx, gameId, from, amount, purpose);
  const ledger = ledgerOf(ctx, gameId);
  ledgers.set(ctx, gameId, { ...ledger, returned: ledger.returned + amount });
}

/** Says that a round opens with less than its rule wants, or not at all, because the budget has no more. */
export const tellShort = (ctx: WriteCtx, key: RoundKey, wanted: bigint, locked: bigint): void =>
  roundIsShort(ctx, { ...key, wanted, locked, available: available(ctx, key.gameId) });

/** Whether the account has paid the game for this block. */
export const isSubscribed = (ctx: ReadCtx, gameId: string, address: string): boolean =>
  (subscriptions.get(ctx, [gameId, address])?.paidHeight ?? -1n) >= ctx.height;
