import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { assert, ensure } from "#chain/kernel/error.ts";
import { DEC_END } from "#chain/proto/read.ts";
import * as bank from "#modules/bank/api.ts";
import type { Coin } from "#proto/gen/cosmos/base.ts";
import { Status, type Validator } from "#proto/gen/iterum/validators.ts";
import { errors } from "./errors.ts";
import { delegationChanged, delegationChanging, delegationCreating } from "./hooks.ts";
import { jail } from "./jail.ts";
import { bondDenom } from "./params.ts";
import { BONDED_POOL, inPool, NOT_BONDED_POOL, poolOf } from "./pools.ts";
import { POWER_UNITS, removeEmpty, save, validatorOf } from "./records.ts";
import { sharesFor, sharesToPay, tokensFor } from "./shares.ts";
import { delegations, delegators } from "./state.ts";

/** Greatest power that consensus counts over all validators: an eighth of 2⁶³ − 1 (CometBFT). */
const TOTAL_POWER_MAX = (2n ** 63n - 1n) >> 3n;

/** The amount of a coin to stake; fails with (validators, 8) unless it is above zero and of the denom. */
export function stakeOf(ctx: ReadCtx, coin: Coin | undefined): bigint {
  const isStake = coin && coin.amount > 0n && coin.denom === bondDenom(ctx);
  ensure(isStake, errors.BadAmount, { denom: coin?.denom.slice(0, 40) ?? "" });
  return coin.amount;
}

/** Fails with (validators, 21) where all stake together would be more than consensus can count. */
function ensureCounts(ctx: ReadCtx, more: bigint): void {
  const all = inPool(ctx, BONDED_POOL) + inPool(ctx, NOT_BONDED_POOL) + more;
  ensure(all <= TOTAL_POWER_MAX * POWER_UNITS, errors.TooMuchStake, { all });
}

/** The shares that tokens buy; undefined where shares are worth nothing, or next to it. */
export function sharesBought(validator: Validator, tokens: bigint): bigint | undefined {
  const bought = sharesFor(validator, tokens);
  const isSound = bought !== undefined && bought > 0n && validator.shares + bought < DEC_END;
  return isSound ? bought : undefined;
}

/**
 * Gives a delegator the shares that tokens which lie in the validator's pool buy; returns them. Fails with
 * (validators, 20) where shares are worth nothing, or next to it: their number would have no end.
 */
export function addShares(ctx: WriteCtx, delegator: string, operator: string, tokens: bigint): bigint {
  const found = delegations.get(ctx, [delegator, operator]);
  ctx.fire(found ? delegationChanging : delegationCreating, { delegator, operator });
  const validator = validatorOf(ctx, operator);
  const bought = sharesBought(validator, tokens);
  ensure(bought, errors.Worthless, { operator });
  const shares = (found?.shares ?? 0n) + bought;
  delegations.set(ctx, [delegator, operator], { delegator, operator, shares });
  delegators.set(ctx, [operator, delegator], true);
  save(ctx, { ...validator, tokens: validator.tokens + tokens, shares: validator.shares + bought });
  ctx.fire(delegationChanged, { delegator, operator });
  return bought;
}

/** Stakes an account's coins with a validator; returns the shares. */
export function delegateCoins(ctx: WriteCtx, delegator: string, operator: string, amount: bigint): bigint {
  ensureCounts(ctx, amount);
  bank.send(ctx, delegator, poolOf(validatorOf(ctx, operator)), bondDenom(ctx), amount);
  return addShares(ctx, delegator, operator, amount);
}

/**
 * The shares of a delegation that must go for so many base units, and what they are worth; fails with
 * (validators, 14 and 15).
 */
export function sharesWorth(
  ctx: ReadCtx,
  delegator: string,
  operator: string,
  amount: bigint,
): { readonly shares: bigint; readonly tokens: bigint } {
  const validator = validatorOf(ctx, operator);
  const held = delegations.get(ctx, [delegator, operator]);
  ensure(held, errors.NoDelegation, { delegator, operator });
  const shares = sharesToPay(validator, amount, held.shares);
  // The least part of a slashed stake may be worth nothing.
  const tokens = shares === undefined ? 0n : tokensFor(validator, shares);
  const isWorth = shares !== undefined && tokens > 0n;
  ensure(isWorth, errors.NotEnough, { amount, worth: tokensFor(validator, held.shares) });
  return { shares, tokens };
}

/** Whether what an operator has left of its own is less than it has promised. */
const brokeItsPromise = (validator: Validator, ownShares: bigint): boolean =>
  tokensFor(validator, ownShares) < validator.minSelfDelegation;

/**
 * Takes shares from a delegator; returns what they are worth, which still lies in the validator's pool, and
 * that pool. An operator with less of its own than it has promised is jailed; a validator that has left the
 * set and has no shares left is gone.
 */
export function removeShares(
  ctx: WriteCtx,
  delegator: string,
  operator: string,
  shares: bigint,
): { readonly tokens: bigint; readonly pool: string } {
  ctx.fire(delegationChanging, { delegator, operator });
  const before = validatorOf(ctx, operator);
  const held = delegations.get(ctx, [delegator, operator]);
  assert(held && held.shares >= shares, "more shares are taken than there are");
  const left = held.shares - shares;
  // Whoever leaves last takes what rounding has left.
  const tokens = shares === before.shares ? before.tokens : tokensFor(before, shares);
  const after = { ...before, tokens: before.tokens - tokens, shares: before.shares - shares };
  if (left === 0n) {
    delegations.delete(ctx, [delegator, operator]);
    delegators.delete(ctx, [operator, delegator]);
  } else delegations.set(ctx, [delegator, operator], { ...held, shares: left });
  save(ctx, after);
  if (delegator === operator && !after.jailed && brokeItsPromise(after, left)) jail(ctx, operator);
  if (left > 0n) ctx.fire(delegationChanged, { delegator, operator });
  if (after.shares === 0n && after.status === Status.STATUS_UNBONDED) removeEmpty(ctx, operator);
  return { tokens, pool: poolOf(before) };
}
