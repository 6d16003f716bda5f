import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import { pool } from "./state.ts";

/** Holds the community pool and all rewards that are not withdrawn. */
export const DISTRIBUTION = moduleAddress("distribution");

/** What the community pool has of a denom, in 10⁻¹⁸ base units. */
export const inPool = (ctx: ReadCtx, denom: string): bigint => pool.get(ctx, denom)?.amount ?? 0n;

function setPool(ctx: WriteCtx, denom: string, amount: bigint): void {
  if (amount === 0n) pool.delete(ctx, denom);
  else pool.set(ctx, denom, { denom, amount });
}

/** Books 10⁻¹⁸ base units, which the account holds already, as the community's. */
export function addToPool(ctx: WriteCtx, denom: string, amount: bigint): void {
  if (amount > 0n) setPool(ctx, denom, inPool(ctx, denom) + amount);
}

/** Takes 10⁻¹⁸ base units, which the pool has, off its book; the caller moves the coins. */
export const takeFromPool = (ctx: WriteCtx, denom: string, amount: bigint): void =>
  setPool(ctx, denom, inPool(ctx, denom) - amount);
