import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import type {
  MsgCancelUnbondingDelegation,
  MsgCancelUnbondingDelegationResponse,
} from "#proto/gen/cosmos/staking.ts";
import { ensureAddress, operatorOf } from "./addresses.ts";
import { errors } from "./errors.ts";
import { saveUnbonding, unbondingOf } from "./leaving.ts";
import { ensureStaked } from "./params.ts";
import { move, NOT_BONDED_POOL, poolOf } from "./pools.ts";
import { validatorOf } from "./records.ts";
import { addShares, stakeOf } from "./stake.ts";
import { uncountEntry } from "./under-way.ts";

/** Stakes again what is on its way out of a validator, or a part of it. */
export const cancelUnbondingDelegation: Handler<
  MsgCancelUnbondingDelegation,
  MsgCancelUnbondingDelegationResponse
> = {
  signer: ({ delegatorAddress }) => delegatorAddress,
  check: ({ delegatorAddress, validatorAddress, amount, creationHeight }) => {
    ensureAddress(delegatorAddress);
    operatorOf(validatorAddress);
    ensure(amount && amount.amount > 0n, errors.BadAmount);
    ensure(creationHeight > 0n, errors.NoUnbonding, { creationHeight });
  },
  run: (ctx, { delegatorAddress: delegator, validatorAddress, amount: coin, creationHeight }) => {
    ensureStaked(ctx);
    const operator = operatorOf(validatorAddress);
    const amount = stakeOf(ctx, coin);
    const validator = validatorOf(ctx, operator);
    // One that has come to its end is paid out, this block or a later one.
    const unbonding = unbondingOf(ctx, delegator, operator);
    const i = unbonding.entries.findIndex(
      ({ height, endsMs }) => height === creationHeight && endsMs > ctx.timeMs,
    );
    const entry = unbonding.entries[i];
    ensure(entry, errors.NoUnbonding, { delegator, operator, creationHeight });
    ensure(amount <= entry.balance, errors.NotEnough, { amount, worth: entry.balance });
    const left = { ...entry, initial: entry.initial - amount, balance: entry.balance - amount };
    const entries =
      left.balance > 0n
        ? unbonding.entries.with(i, left)
        : unbonding.entries.filter((each) => each !== entry);
    saveUnbonding(ctx, { ...unbonding, entries });
    if (entries.length < unbonding.entries.length) uncountEntry(ctx, { delegator, operator, source: "" });
    move(ctx, NOT_BONDED_POOL, poolOf(validator), amount);
    addShares(ctx, delegator, operator, amount);
    ctx.emit("cancel_unbonding_delegation", [
      ["validator", validatorAddress],
      ["delegator", delegator],
      ["amount", `${amount}${coin?.denom}`],
      ["creation_height", `${creationHeight}`],
    ]);
    return {};
  },
};
