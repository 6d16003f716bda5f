import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import * as auth from "#modules/auth/api.ts";
import { Params } from "#proto/gen/cosmos/staking.ts";
import { errors } from "./errors.ts";
import { params as paramsItem } from "./state.ts";

/** Whether validators are made by stake; false on chains with an agreed set. */
export const isStaked = (ctx: ReadCtx): boolean => paramsItem.find(ctx) !== undefined;

/** The parameters; on a chain with an agreed set zeros and the denom of fees. */
export const params = (ctx: ReadCtx): Params =>
  paramsItem.find(ctx) ?? { ...Params.zero(), bondDenom: auth.params(ctx).feeDenom };

/** The denom that is staked. */
export const bondDenom = (ctx: ReadCtx): string => params(ctx).bondDenom;

/** For how long stake that leaves stands for what it signed, in milliseconds. */
export const unbondingMs = (ctx: ReadCtx): bigint => (params(ctx).unbondingTime?.seconds ?? 0n) * 1_000n;

/** Fails with (validators, 2) on a chain with an agreed set. */
export const ensureStaked = (ctx: ReadCtx): void => ensure(isStaked(ctx), errors.NoStaking);
