import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Answers } from "#chain/kernel/module.ts";
import { pageOf } from "#chain/kernel/page.ts";
import { anyOfKey } from "#chain/protocol/account-key.ts";
import { ADDRESS_PREFIX, addressBytes, moduleAddress, parseAddress } from "#chain/protocol/address.ts";
import { BaseAccount, type Query as CosmosQuery, ModuleAccount } from "#proto/gen/cosmos/auth.ts";
import type { Any } from "#proto/gen/google/protobuf.ts";
import type { Account, Query as IterumQuery } from "#proto/gen/iterum/auth.ts";
import { keyOf } from "./api.ts";
import { errors } from "./errors.ts";
import { accounts, params } from "./state.ts";

/** What wallets know as limits and prices; the chain's own are in limits.ts and gas.ts. */
const COSMOS_PARAMS = {
  maxMemoCharacters: 256n,
  txSigLimit: 7n,
  txSizeCostPerByte: 10n,
  sigVerifyCostEd25519: 1_000n,
  sigVerifyCostSecp256k1: 1_000n,
};

function baseOf(account: Account): BaseAccount {
  const { address, number: accountNumber, sequence } = account;
  const key = keyOf(account);
  return { address, accountNumber, sequence, pubKey: key && anyOfKey(key) };
}

function anyOf(account: Account): Any {
  const baseAccount = baseOf(account);
  if (account.moduleName === "")
    return { typeUrl: BaseAccount.typeUrl, value: BaseAccount.encode(baseAccount) };
  const value = ModuleAccount.encode({ baseAccount, name: account.moduleName, permissions: [] });
  return { typeUrl: ModuleAccount.typeUrl, value };
}

function find(ctx: ReadCtx, address: string): Account {
  const account = parseAddress(address) && accounts.get(ctx, address);
  ensure(account, errors.NoAccount, { address: address.slice(0, 80) });
  return account;
}

function* byAddress(ctx: ReadCtx): Iterable<readonly [Uint8Array, Account]> {
  for (const [address, account] of accounts.all(ctx)) yield [addressBytes(address), account];
}

function* moduleAccounts(ctx: ReadCtx): Iterable<Account> {
  for (const [, account] of accounts.all(ctx)) if (account.moduleName !== "") yield account;
}

/** The account reads that wallets of the Cosmos world make. */
export const cosmosAnswers: Answers<typeof CosmosQuery> = {
  accounts: (ctx, { pagination: asked }) => {
    const { items, pagination } = pageOf(byAddress(ctx), asked);
    return { accounts: items.map(anyOf), pagination };
  },
  account: (ctx, { address }) => ({ account: anyOf(find(ctx, address)) }),
  params: () => ({ params: COSMOS_PARAMS }),
  moduleAccounts: (ctx) => ({ accounts: [...moduleAccounts(ctx)].map(anyOf) }),
  moduleAccountByName: (ctx, { name }) => ({ account: anyOf(find(ctx, moduleAddress(name))) }),
  bech32Prefix: () => ({ bech32Prefix: ADDRESS_PREFIX }),
  accountInfo: (ctx, { address }) => ({ info: baseOf(find(ctx, address)) }),
};

export const iterumAnswers: Answers<typeof IterumQuery> = {
  params: (ctx) => ({ params: params.get(ctx) }),
};
