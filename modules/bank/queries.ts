import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Answers } from "#chain/kernel/module.ts";
import { addressKey, parseAddress } from "#chain/protocol/address.ts";
import type { Metadata, Query } from "#proto/gen/cosmos/bank.ts";
import type { Coin } from "#proto/gen/cosmos/base.ts";
import type { Denom } from "#proto/gen/iterum/bank.ts";
import { balance, supply } from "./api.ts";
import { errors } from "./errors.ts";
import { balances, denoms, supplies } from "./state.ts";

function ensureAddress(address: string): void {
  ensure(parseAddress(address), errors.BadAddress, { address: address.slice(0, 80) });
}

function coinsOf(ctx: ReadCtx, address: string): Coin[] {
  ensureAddress(address);
  const coins = [...balances.under(ctx, addressKey, address)].map(([[, denom], amount]) => ({
    denom,
    amount,
  }));
  return coins.sort((a, b) => (a.denom < b.denom ? -1 : 1));
}

function coinOf(ctx: ReadCtx, address: string, denom: string): Coin {
  ensureAddress(address);
  return { denom, amount: balance(ctx, address, denom) };
}

const metadataOf = ({ base, display, exponent, name, symbol, description }: Denom): Metadata => ({
  description,
  denomUnits: [
    { denom: base, exponent: 0, aliases: [] },
    { denom: display, exponent, aliases: [] },
  ],
  base,
  display,
  name,
  symbol,
  uri: "",
  uriHash: "",
});

/**
 * The coin reads that wallets of the Cosmos world make. A chain has few denoms, so lists come in one page.
 */
export const answers: Answers<typeof Query> = {
  balance: (ctx, { address, denom }) => ({ balance: coinOf(ctx, address, denom) }),
  allBalances: (ctx, { address }) => ({ balances: coinsOf(ctx, address), pagination: undefined }),
  spendableBalances: (ctx, { address }) => ({ balances: coinsOf(ctx, address), pagination: undefined }),
  spendableBalanceByDenom: (ctx, { address, denom }) => ({ balance: coinOf(ctx, address, denom) }),
  totalSupply: (ctx) => ({
    supply: [...supplies.all(ctx)].map(([denom, amount]) => ({ denom, amount })),
    pagination: undefined,
  }),
  supplyOf: (ctx, { denom }) => ({ amount: { denom, amount: supply(ctx, denom) } }),
  params: () => ({ params: { sendEnabled: [], defaultSendEnabled: true } }),
  denomMetadata: (ctx, { denom }) => {
    const found = denoms.get(ctx, denom);
    ensure(found, errors.NoDenom, { denom: denom.slice(0, 80) });
    return { metadata: metadataOf(found) };
  },
  denomsMetadata: (ctx) => ({
    metadatas: [...denoms.all(ctx)].map(([, denom]) => metadataOf(denom)),
    pagination: undefined,
  }),
};
