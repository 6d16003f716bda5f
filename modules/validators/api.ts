import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { assert } from "#chain/kernel/error.ts";
import { mulDiv } from "#chain/math/mul-div.ts";
import { addressKey } from "#chain/protocol/address.ts";
import type { Delegation, Validator } from "#proto/gen/iterum/validators.ts";
import { BONDED_POOL, inPool } from "./pools.ts";
import { validatorOf } from "./records.ts";
import { delegations, delegators, validators } from "./state.ts";

// Operators are named by the addresses of their accounts (iterum1…), not as wallets write them:
// chain/protocol/operator.ts converts.

export { consensusKeyTypes } from "./create-validator.ts";
export {
  consensusKeyRotated,
  consensusKeyUnseated,
  delegationChanged,
  delegationChanging,
  validatorBonded,
  validatorCreated,
  validatorRemoved,
  validatorSlashed,
} from "./hooks.ts";
export { jail, unjail } from "./jail.ts";
export { bondDenom, isStaked, unbondingMs } from "./params.ts";
export { isBonded as isInSet } from "./pools.ts";
export { byConsensusAddress, requireReady, setReady, validatorOf } from "./records.ts";
export { elect, foundingTxs, isSeated, launch } from "./set.ts";
export { slash } from "./slash.ts";

export const validator = (ctx: ReadCtx, operator: string): Validator | undefined =>
  validators.get(ctx, operator);

export const delegation = (ctx: ReadCtx, delegator: string, operator: string): Delegation | undefined =>
  delegations.get(ctx, [delegator, operator]);

/** What an account has delegated, in the order of the operators' addresses. */
export function* delegationsOf(ctx: ReadCtx, delegator: string): Iterable<Delegation> {
  for (const [, found] of delegations.under(ctx, addressKey, delegator)) yield found;
}

/** What a validator's delegators have staked with it, in the order of their addresses. */
export function* delegationsTo(ctx: ReadCtx, operator: string): Iterable<Delegation> {
  for (const [[, delegator]] of delegators.under(ctx, addressKey, operator)) {
    const found = delegations.get(ctx, [delegator, operator]);
    assert(found, "a delegator is listed that has delegated nothing");
    yield found;
  }
}

/**
 * Base units that so many shares (of 10⁻¹⁸) of a validator are worth, rounded down; fails with (validators,
 * 3).
 */
export function tokensOf(ctx: ReadCtx, operator: string, sharesAtto: bigint): bigint {
  const { tokens, shares } = validatorOf(ctx, operator);
  return shares === 0n ? 0n : mulDiv(sharesAtto, tokens, shares, "down");
}

/** Base units staked with the validators in the set. */
export const bondedTokens = (ctx: ReadCtx): bigint => inPool(ctx, BONDED_POOL);
