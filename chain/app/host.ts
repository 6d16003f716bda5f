import type { WriteCtx } from "#chain/kernel/ctx.ts";
import type { TxHost } from "#chain/tx/host.ts";
import * as auth from "#modules/auth/api.ts";
import * as bank from "#modules/bank/api.ts";

/** Accounts and balances as transactions need them, out of the modules that keep them. */
export const txHost = (ctx: WriteCtx): TxHost => ({
  account: (address) => {
    const found = auth.account(ctx, address);
    // Nobody signs for a module, whatever key might hash to its address.
    if (found?.moduleName !== "") return undefined;
    const { number, sequence, publicKey } = found;
    return { number, sequence, pubKey: publicKey.length > 0 ? publicKey : undefined };
  },
  charge: (payer, fee) => {
    const { feeCollector } = auth.params(ctx);
    for (const { denom, amount } of fee) bank.send(ctx, payer, feeCollector, denom, amount);
  },
  bumpSequence: (address) => auth.bumpSequence(ctx, address),
  setPubKey: (address, key) => auth.setPublicKey(ctx, address, key),
});
