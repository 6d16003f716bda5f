import { ensure } from "#chain/kernel/error.ts";
import type { Coin } from "#proto/gen/cosmos/base.ts";
import { errors } from "./errors.ts";

/** Denoms as Cosmos SDK allows them. */
const DENOM = /^[a-zA-Z][a-zA-Z0-9/:._-]{2,127}$/;

export const isDenom = (denom: string): boolean => DENOM.test(denom);

/** Fails with (bank, 3) unless the coins are at least one, sorted by denom, unique and above zero. */
export function ensureCoins(coins: readonly Coin[]): void {
  ensure(coins.length > 0, errors.BadCoins, { coins: 0 });
  let before = "";
  for (const { denom, amount } of coins) {
    ensure(isDenom(denom) && amount > 0n && denom > before, errors.BadCoins, { denom: denom.slice(0, 40) });
    before = denom;
  }
}
