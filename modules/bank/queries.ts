import { utf8 } from "#chain/bytes/utf8.ts";
import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Answers } from "#chain/kernel/module.ts";
import { type PageAsked, pageOf } from "#chain/kernel/page.ts";
import { addressKey, parseAddress } from "#chain/protocol/address.ts";
import type { Metadata, Query } from "#proto/gen/cosmos/bank.ts";
import type { Coin } from "#proto/gen/cosmos/base.ts";
import type { Denom } from "#proto/gen/iterum/bank.ts";
import { balance, supply } from "./api.ts";
import { errors } from "./errors.ts";
import { balances, denoms, supplies } from "./state.ts";

/** Whoever does not ask for a page gets the number of all entries too, as there are few. */
const ALL: PageAsked = { key: new Uint8Array(0), offset: 0n, limit: 0n, countTotal: true, reverse: false };

function ensureAddress(address: string): void {
  ensure(parseAddress(address), errors.BadAddress, { address: address.slice(0, 80) });
}

/** A page of the coins in the order of their denoms. */
function pageOfCoins(coins: Coin[], asked: PageAsked | undefined) {
  coins.sort((a, b) => (a.denom < b.denom ? -1 : 1));
  return pageOf(
    coins.map((coin) => [utf8(coin.denom), coin] as const),
    asked ?? ALL,
  );
}

function balancesOf(ctx: ReadCtx, address: string, asked: PageAsked | undefined) {
  ensureAddress(address);
  const held = [...balances.under(ctx, addressKey, address)];
  const { items, pagination } = pageOfCoins(
    held.map(([[, denom], amount]) => ({ denom, amount })),
    asked,
  );
  return { balances: items, pagination };
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

/** The coin reads that wallets of the Cosmos world make. */
export const answers: Answers<typeof Query> = {
  balance: (ctx, { address, denom }) => ({ balance: coinOf(ctx, address, denom) }),
  allBalances: (ctx, { address, pagination }) => balancesOf(ctx, address, pagination),
  spendableBalances: (ctx, { address, pagination }) => balancesOf(ctx, address, pagination),
  spendableBalanceByDenom: (ctx, { address, denom }) => ({ balance: coinOf(ctx, address, denom) }),
  totalSupply: (ctx, { pagination: asked }) => {
    const coins = [...supplies.all(ctx)].map(([denom, amount]) => ({ denom, amount }));
    const { items, pagination } = pageOfCoins(coins, asked);
    return { supply: items, pagination };
  },
  supplyOf: (ctx, { denom }) => ({ amount: { denom, amount: supply(ctx, denom) } }),
  params: () => ({ params: { sendEnabled: [], defaultSendEnabled: true } }),
  denomMetadata: (ctx, { denom }) => {
    const found = denoms.get(ctx, denom);
    ensure(found, errors.NoDenom, { denom: denom.slice(0, 80) });
    return { metadata: metadataOf(found) };
  },
  denomsMetadata: (ctx, { pagination: asked }) => {
    const entries = [...denoms.all(ctx)].sort(([a], [b]) => (a < b ? -1 : 1));
    const { items, pagination } = pageOf(
      entries.map(([denom, held]) => [utf8(denom), held] as const),
      asked ?? ALL,
    );
    return { metadatas: items.map(metadataOf), pagination };
  },
};
