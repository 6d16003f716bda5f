import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { assert } from "#chain/kernel/error.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import * as bank from "#modules/bank/api.ts";
import type { Budget } from "#proto/gen/iterum/treasury.ts";
import { received, spent } from "./events.ts";
import { budgets } from "./state.ts";

/** Holds the budgets of all games. */
export const TREASURY = moduleAddress("treasury");

function budget(ctx: ReadCtx, gameId: string): Budget {
  const found = budgets.get(ctx, gameId);
  assert(found, `game ${gameId} has no budget`);
  return found;
}

/** Base units that the game may still spend; 0 for a game without a budget. */
export const available = (ctx: ReadCtx, gameId: string): bigint => budgets.get(ctx, gameId)?.available ?? 0n;

/** Denom of the game's budget; undefined for a game without one. */
export const budgetDenom = (ctx: ReadCtx, gameId: string): string | undefined =>
  budgets.get(ctx, gameId)?.denom;

/** Moves part of a game's budget to an account; the caller has looked at `available` first. */
export function spend(ctx: WriteCtx, gameId: string, to: string, amount: bigint, purpose: string): void {
  if (amount === 0n) return;
  const before = budget(ctx, gameId);
  assert(before.available >= amount, `game ${gameId} spends more than its budget`);
  bank.send(ctx, TREASURY, to, before.denom, amount);
  budgets.set(ctx, gameId, { ...before, available: before.available - amount });
  spent(ctx, { gameId, to, amount, purpose });
}

/** Moves coins of an account into a game's budget; fails when the account has less. */
export function receive(ctx: WriteCtx, gameId: string, from: string, amount: bigint, purpose: string): void {
  if (amount === 0n) return;
  const before = budget(ctx, gameId);
  bank.send(ctx, from, TREASURY, before.denom, amount);
  budgets.set(ctx, gameId, { ...before, available: before.available + amount });
  received(ctx, { gameId, from, amount, purpose });
}
