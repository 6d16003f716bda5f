import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import * as auth from "#modules/auth/api.ts";
import * as bank from "#modules/bank/api.ts";
import type { MsgCommunityPoolSpend, MsgCommunityPoolSpendResponse } from "#proto/gen/cosmos/distribution.ts";
import { ATTO } from "./accrual.ts";
import { ensureAddress } from "./addresses.ts";
import { errors } from "./errors.ts";
import { DISTRIBUTION, inPool, takeFromPool } from "./pool.ts";

/** Pays out of the community pool by a decision of the council. */
export const communityPoolSpend: Handler<MsgCommunityPoolSpend, MsgCommunityPoolSpendResponse> = {
  signer: ({ authority }) => authority,
  electorate: () => "",
  check: ({ recipient, amount }) => {
    ensureAddress(recipient);
    bank.ensureCoins(amount);
  },
  run: (ctx, { recipient, amount: coins }) => {
    ensure(!auth.isModuleAccount(ctx, recipient), errors.BadAddress, { address: recipient });
    for (const { denom, amount } of coins) {
      const held = inPool(ctx, denom);
      ensure(held >= amount * ATTO, errors.PoolTooSmall, { denom, heldAtto: held, amount });
      takeFromPool(ctx, denom, amount * ATTO);
      bank.send(ctx, DISTRIBUTION, recipient, denom, amount);
    }
    return {};
  },
};
