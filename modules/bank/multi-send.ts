import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import { parseAddress } from "#chain/protocol/address.ts";
import type { MsgMultiSend, MsgMultiSendResponse } from "#proto/gen/cosmos/bank.ts";
import type { Coin } from "#proto/gen/cosmos/base.ts";
import { send as move } from "./api.ts";
import { ensureCoins } from "./coins.ts";
import { errors } from "./errors.ts";
import { ensureRecipient } from "./send.ts";

const OUTPUTS_MAX = 1_000;

function sums(lists: readonly (readonly Coin[])[]): ReadonlyMap<string, bigint> {
  const totals = new Map<string, bigint>();
  for (const coins of lists)
    for (const { denom, amount } of coins) totals.set(denom, (totals.get(denom) ?? 0n) + amount);
  return totals;
}

/** Moves coins from the one sender to many accounts, all or none. */
export const multiSend: Handler<MsgMultiSend, MsgMultiSendResponse> = {
  signer: ({ inputs }) => inputs[0]?.address ?? "",
  check: ({ inputs, outputs }) => {
    ensure(inputs.length === 1, errors.BadCoins, { inputs: inputs.length });
    ensure(outputs.length >= 1 && outputs.length <= OUTPUTS_MAX, errors.BadCoins, {
      outputs: outputs.length,
    });
    for (const { address, coins } of [...inputs, ...outputs]) {
      ensure(parseAddress(address), errors.BadAddress, { address: address.slice(0, 80) });
      ensureCoins(coins);
    }
    const given = sums(inputs.map(({ coins }) => coins));
    const taken = sums(outputs.map(({ coins }) => coins));
    const even =
      given.size === taken.size && [...given].every(([denom, amount]) => taken.get(denom) === amount);
    ensure(even, errors.BadCoins, { sums: "differ" });
  },
  run: (ctx, { inputs, outputs }) => {
    const from = inputs[0]?.address ?? "";
    for (const { address, coins } of outputs) {
      ensureRecipient(ctx, address);
      for (const { denom, amount } of coins) move(ctx, from, address, denom, amount);
    }
    return {};
  },
};
