import type { Handler } from "#chain/kernel/module.ts";
import * as bank from "#modules/bank/api.ts";
import type { MsgFundCommunityPool, MsgFundCommunityPoolResponse } from "#proto/gen/cosmos/distribution.ts";
import { ATTO } from "./accrual.ts";
import { addToPool, DISTRIBUTION } from "./pool.ts";

/** Gives coins to the community pool. */
export const fundCommunityPool: Handler<MsgFundCommunityPool, MsgFundCommunityPoolResponse> = {
  signer: ({ depositor }) => depositor,
  check: ({ amount }) => bank.ensureCoins(amount),
  run: (ctx, { depositor, amount }) => {
    for (const coin of amount) {
      bank.send(ctx, depositor, DISTRIBUTION, coin.denom, coin.amount);
      addToPool(ctx, coin.denom, coin.amount * ATTO);
    }
    return {};
  },
};
