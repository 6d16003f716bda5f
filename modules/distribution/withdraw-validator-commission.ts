import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import { parseOperator } from "#chain/protocol/operator.ts";
import type {
  MsgWithdrawValidatorCommission,
  MsgWithdrawValidatorCommissionResponse,
} from "#proto/gen/cosmos/distribution.ts";
import { operatorOf } from "./addresses.ts";
import { errors } from "./errors.ts";
import { payCommission } from "./settle.ts";

/** Pays the sender the commission of its validator. */
export const withdrawValidatorCommission: Handler<
  MsgWithdrawValidatorCommission,
  MsgWithdrawValidatorCommissionResponse
> = {
  // Nobody for a text that is no address: no transaction has such a signer.
  signer: ({ validatorAddress }) => parseOperator(validatorAddress) ?? "",
  run: (ctx, { validatorAddress }) => {
    const amount = payCommission(ctx, operatorOf(validatorAddress));
    ensure(amount.length > 0, errors.NoCommission, { validatorAddress });
    return { amount };
  },
};
