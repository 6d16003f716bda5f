import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { assert } from "#chain/kernel/error.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import * as bank from "#modules/bank/api.ts";
import { type Budget, Ledger } from "#proto/gen/iterum/treasury.ts";
import { received, spent } from "./events.ts";
import { budgets, ledgers } from "./state.ts";

/** Holds the budgets of all games. */
export const TREASURY = moduleAddress("treasury");

/** The game's budget, which it must have. */
export function budgetOf(ctx: ReadCtx, gameId: string): Budget {
  const found = budgets.get(ctx, gameId);
  assert(found, `game ${gameId} has no budget`);
  return found;
}

export const ledgerOf = (ctx: ReadCtx, gameId: string): Ledger =>
  ledgers.get(ctx, gameId) ?? { ...Ledger.zero(), gameId };

/** Moves part of a budget to an account; the caller has looked at what is available first. */
export function payOut(ctx: WriteCtx, gameId: string, to: string, amount: bigint, purpose: string): void {
  const before = budgetOf(ctx, gameId);
  assert(before.available >= amount, `game ${gameId} spends more than its budget`);
  bank.send(ctx, TREASURY, to, before.denom, amount);
  budgets.set(ctx, gameId, { ...before, available: before.available - amount });
  spent(ctx, { gameId, to, amount, purpose });
}

/** Moves coins of an account into a budget; fails when the account has less. */
export function give(ctx: WriteCtx, gameId: string, from: string, amount: bigint, purpose: string): void {
  if (amount === 0n) return;
  const before = budgetOf(ctx, gameId);
  bank.send(ctx, from, TREASURY, before.denom, amount);
  budgets.set(ctx, gameId, { ...before, available: before.available + amount });
  received(ctx, { gameId, from, amount, purpose });
}
