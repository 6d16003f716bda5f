import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import type { MsgDelegate, MsgDelegateResponse } from "#proto/gen/cosmos/staking.ts";
import { ensureAddress, operatorOf } from "./addresses.ts";
import { errors } from "./errors.ts";
import { ensureStaked } from "./params.ts";
import { delegateCoins, stakeOf } from "./stake.ts";

/** Stakes the sender's coins with a validator. */
export const delegate: Handler<MsgDelegate, MsgDelegateResponse> = {
  signer: ({ delegatorAddress }) => delegatorAddress,
  check: ({ delegatorAddress, validatorAddress, amount }) => {
    ensureAddress(delegatorAddress);
    operatorOf(validatorAddress);
    ensure(amount && amount.amount > 0n, errors.BadAmount);
  },
  run: (ctx, { delegatorAddress: delegator, validatorAddress, amount: coin }) => {
    ensureStaked(ctx);
    const amount = stakeOf(ctx, coin);
    const shares = delegateCoins(ctx, delegator, operatorOf(validatorAddress), amount);
    ctx.emit("delegate", [
      ["validator", validatorAddress],
      ["delegator", delegator],
      ["amount", `${amount}${coin?.denom}`],
      ["new_shares", `${shares}`],
    ]);
    return {};
  },
};
