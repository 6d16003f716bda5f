import { Secp256k1HdWallet } from "@cosmjs/amino";
import { stringToPath } from "@cosmjs/crypto";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { sha256 } from "#chain/bytes/hash.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { ADDRESS_PREFIX } from "#chain/protocol/address.ts";
import * as auth from "#modules/auth/api.ts";
import { person } from "#test/kit/accounts.ts";
import { newChain, type TestChain } from "#test/kit/chain.ts";
import { CHAIN_ID, DENOM, TOKEN } from "#test/kit/genesis.ts";

/** A mnemonic that everybody knows. */
const MNEMONIC =
  "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

/** Wallets of cosmjs that sign in Amino JSON, one for each account number. */
export const aminoWallet = (accounts = 1): Promise<Secp256k1HdWallet> =>
  Secp256k1HdWallet.fromMnemonic(MNEMONIC, {
    prefix: ADDRESS_PREFIX,
    hdPaths: Array.from({ length: accounts }, (_, i) => stringToPath(`m/44'/118'/0'/0/${i}`)),
  });

export const FEE = { amount: [{ denom: DENOM, amount: "1000" }], gas: "1000000" };
export const [ann, ben] = [person("ann"), person("ben")];

/** A chain on which the addresses hold a purse, besides ann and ben. */
export function chainWith(...addresses: readonly string[]): TestChain {
  const purse = addresses.map((address) => ({ address, denom: DENOM, amount: (100n * TOKEN).toString() }));
  return newChain({
    members: [ann],
    others: [ben],
    alter: (state) => {
      const bank = state["bank"] as { readonly balances: readonly never[] };
      return { ...state, bank: { ...bank, balances: [...bank.balances, ...purse] } };
    },
  });
}

/** Number and sequence of an account, with the chain's name: what cosmjs signs for. */
export function signerData(chain: TestChain, address: string) {
  const found = chain.app.read((ctx) => auth.account(ctx, address));
  if (!found) throw new Error(`no account ${address}`);
  return { accountNumber: found.number, sequence: Number(found.sequence), chainId: CHAIN_ID };
}

/** A secret of an Ethereum account, and its compressed key. */
export function ethereumPerson(name: string) {
  const secret = sha256(utf8(`Ethereum secret of ${name}`));
  return { secret, publicKey: secp256k1.getPublicKey(secret, true) };
}
