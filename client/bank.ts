import { MsgMultiSend, MsgSend, Query } from "#proto/gen/cosmos/bank.ts";
import type { Coin } from "#proto/gen/cosmos/base.ts";
import { ClientError } from "./errors.ts";
import type { Ask } from "./ports.ts";
import { messageOf } from "./tx.ts";
import type { Unit } from "./units.ts";

/** Moves coins of the sender. */
export const msgSend = messageOf(MsgSend);
/** Moves coins of the sender to several. */
export const msgMultiSend = messageOf(MsgMultiSend);

export interface BankQueries {
  /** Base units of a denom that the address holds; 0 when it was never seen. */
  balance(address: string, denom: string): Promise<bigint>;
  /** All that the address holds, by denom. */
  balances(address: string): Promise<readonly Coin[]>;
  /** Base units of the denom that exist. */
  supply(denom: string): Promise<bigint>;
  /** How amounts of the denom are shown. */
  unit(denom: string): Promise<Unit>;
}

const all = { pagination: undefined, resolveDenom: false };

export const bankQueries = (ask: Ask): BankQueries => ({
  balance: async (address, denom) => (await ask(Query.balance, { address, denom })).balance?.amount ?? 0n,
  balances: async (address) => (await ask(Query.allBalances, { address, ...all })).balances,
  supply: async (denom) => (await ask(Query.supplyOf, { denom })).amount?.amount ?? 0n,
  unit: async (denom) => {
    const { metadata } = await ask(Query.denomMetadata, { denom });
    const shown = metadata?.denomUnits.find((unit) => unit.denom === metadata.display);
    if (!metadata || !shown) throw new ClientError("badAnswer", `denom ${denom} without its unit`);
    return { base: metadata.base, display: metadata.symbol, exponent: shown.exponent };
  },
});
