import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import * as validators from "#modules/validators/api.ts";
import type {
  MsgWithdrawDelegatorReward,
  MsgWithdrawDelegatorRewardResponse,
} from "#proto/gen/cosmos/distribution.ts";
import { ATTO } from "./accrual.ts";
import { operatorOf } from "./addresses.ts";
import { errors } from "./errors.ts";
import { dueTo, settle } from "./settle.ts";

/** Pays what a delegation has earned; below a base unit of every denom it stays where it is. */
export const withdrawDelegatorReward: Handler<
  MsgWithdrawDelegatorReward,
  MsgWithdrawDelegatorRewardResponse
> = {
  signer: ({ delegatorAddress }) => delegatorAddress,
  check: ({ validatorAddress }) => void operatorOf(validatorAddress),
  run: (ctx, { delegatorAddress, validatorAddress }) => {
    const operator = operatorOf(validatorAddress);
    ensure(validators.validator(ctx, operator), errors.NoValidator, { validatorAddress });
    const delegation = validators.delegation(ctx, delegatorAddress, operator);
    ensure(delegation, errors.NoDelegation, { delegatorAddress, validatorAddress });
    const due = dueTo(ctx, delegatorAddress, operator);
    if (due.every(({ amount }) => amount < ATTO)) return { amount: [] };
    return { amount: settle(ctx, delegatorAddress, operator) };
  },
};
