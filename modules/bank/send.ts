import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import { parseAddress } from "#chain/protocol/address.ts";
import * as auth from "#modules/auth/api.ts";
import type { MsgSend, MsgSendResponse } from "#proto/gen/cosmos/bank.ts";
import { send as move } from "./api.ts";
import { ensureCoins } from "./coins.ts";
import { errors } from "./errors.ts";

/** Modules keep books on their accounts: nobody may pay into them past those books. */
export function ensureRecipient(ctx: ReadCtx, address: string): void {
  ensure(!auth.isModuleAccount(ctx, address), errors.ModuleRecipient, { address });
}

/** Moves coins from the sender to any account of a person. */
export const send: Handler<MsgSend, MsgSendResponse> = {
  signer: (msg) => msg.fromAddress,
  check: ({ toAddress, amount }) => {
    ensure(parseAddress(toAddress), errors.BadAddress, { address: toAddress.slice(0, 80) });
    ensureCoins(amount);
  },
  run: (ctx, { fromAddress, toAddress, amount }) => {
    ensureRecipient(ctx, toAddress);
    for (const coin of amount) move(ctx, fromAddress, toAddress, coin.denom, coin.amount);
    return {};
  },
};
