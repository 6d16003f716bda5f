import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import * as auth from "#modules/auth/api.ts";
import type { MsgSetWithdrawAddress, MsgSetWithdrawAddressResponse } from "#proto/gen/cosmos/distribution.ts";
import { ensureAddress } from "./addresses.ts";
import { errors } from "./errors.ts";
import { params, payees } from "./state.ts";

/** Says which account gets the sender's rewards and commission; its own again by naming itself. */
export const setWithdrawAddress: Handler<MsgSetWithdrawAddress, MsgSetWithdrawAddressResponse> = {
  signer: ({ delegatorAddress }) => delegatorAddress,
  check: ({ withdrawAddress }) => ensureAddress(withdrawAddress),
  run: (ctx, { delegatorAddress: delegator, withdrawAddress: address }) => {
    ensure(params.get(ctx).withdrawAddrEnabled, errors.WithdrawAddressFixed);
    ensure(!auth.isModuleAccount(ctx, address), errors.BadAddress, { address });
    if (address === delegator) payees.delete(ctx, delegator);
    else payees.set(ctx, delegator, { delegator, address });
    ctx.emit("set_withdraw_address", [["withdraw_address", address]]);
    return {};
  },
};
