import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import * as bank from "#modules/bank/api.ts";
import type { Validator } from "#proto/gen/iterum/validators.ts";
import { Status } from "#proto/gen/iterum/validators.ts";
import { bondDenom } from "./params.ts";

export const POOL_NAMES = ["bonded_tokens_pool", "not_bonded_tokens_pool"] as const;

/** The account of the stake of validators in the set. */
export const BONDED_POOL = moduleAddress(POOL_NAMES[0]);
/** The account of all other stake, and of what is on its way out. */
export const NOT_BONDED_POOL = moduleAddress(POOL_NAMES[1]);

export const isBonded = ({ status }: Validator): boolean => status === Status.STATUS_BONDED;

/** Where a validator's stake lies. */
export const poolOf = (validator: Validator): string => (isBonded(validator) ? BONDED_POOL : NOT_BONDED_POOL);

/** Base units in one of the pools. */
export const inPool = (ctx: ReadCtx, pool: string): bigint => bank.balance(ctx, pool, bondDenom(ctx));

/** Moves stake between the pools, or out of one. */
export function move(ctx: WriteCtx, from: string, to: string, amount: bigint): void {
  if (from !== to) bank.send(ctx, from, to, bondDenom(ctx), amount);
}
