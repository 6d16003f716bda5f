import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import type {
  MsgCancelUnbondingDelegation,
  MsgCancelUnbondingDelegationResponse,
} from "#proto/gen/cosmos/staking.ts";
import { ensureAddress, operatorOf } from "./addresses.ts";
import { errors } from "./errors.ts";
import { ensureStaked } from "./params.ts";
import { validatorOf } from "./records.ts";
import { stakeOf } from "./stake.ts";
import { stakeAgain } from "./stake-again.ts";
import { unbondingOf } from "./under-way.ts";

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
    validatorOf(ctx, operator);
    // One that has come to its end is paid out, this block or a later one.
    const unbonding = unbondingOf(ctx, delegator, operator);
    const entry = unbonding.entries.find(
      ({ height, endsMs }) => height === creationHeight && endsMs > ctx.timeMs,
    );
    ensure(entry, errors.NoUnbonding, { delegator, operator, creationHeight });
    ensure(amount <= entry.balance, errors.NotEnough, { amount, worth: entry.balance });
    stakeAgain(ctx, unbonding, entry, amount);
    return {};
  },
};
