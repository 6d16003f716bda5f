import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { UNORDERED_GAS } from "#chain/limits.ts";
import type { TxAccount, TxHost } from "#chain/tx/host.ts";
import * as auth from "#modules/auth/api.ts";
import * as bank from "#modules/bank/api.ts";
import * as feegrant from "#modules/feegrant/api.ts";

/** Accounts as transactions need them. */
export const accountFor =
  (ctx: ReadCtx) =>
  (address: string): TxAccount | undefined => {
    const found = auth.account(ctx, address);
    // Nobody signs for a module, whatever key might hash to its address.
    if (found?.moduleName !== "") return undefined;
    return { number: found.number, sequence: found.sequence, key: auth.keyOf(found) };
  };

/** Accounts and balances as transactions need them, out of the modules that keep them. */
export const txHost = (ctx: WriteCtx): TxHost => ({
  account: accountFor(ctx),
  charge: (payer, fee) => {
    const { feeCollector } = auth.params(ctx);
    for (const { denom, amount } of fee) bank.send(ctx, payer, feeCollector, denom, amount);
  },
  chargeGranter: (granter, payer, fee) => {
    const { feeCollector } = auth.params(ctx);
    feegrant.spend(ctx, granter, payer, fee);
    for (const { denom, amount } of fee) bank.send(ctx, granter, feeCollector, denom, amount);
  },
  bumpSequence: (address) => auth.bumpSequence(ctx, address),
  setKey: (address, key) => auth.setKey(ctx, address, key),
  hasRun: (address, deadlineNs) => auth.hasRun(ctx, address, deadlineNs),
  markRun: (address, deadlineNs) => {
    ctx.gas.consume(UNORDERED_GAS);
    auth.markRun(ctx, address, deadlineNs);
  },
});
