import { assert } from "#chain/kernel/error.ts";
import type { GenesisState as Bank } from "#proto/gen/iterum/bank.ts";

type Balance = Bank["balances"][number];

/** The balances of a genesis, between which coins move: what somebody gets, somebody has had. */
export interface Purses {
  of(address: string, denom: string): bigint;
  /** Moves coins; stops where there are too few, which is a mistake of this program. */
  move(from: string, to: string, denom: string, amount: bigint): void;
  /** Makes coins, or takes them out of the world: only as somebody has chosen. */
  mint(to: string, denom: string, amount: bigint): void;
  burn(from: string, denom: string, amount: bigint): void;
  /** Denoms that an account holds. */
  denoms(address: string): readonly string[];
  supply(denom: string): bigint;
  /** Every balance that is not zero. */
  all(): readonly Balance[];
}

export function pursesOf(balances: readonly Balance[]): Purses {
  const held = new Map(balances.map((each) => [`${each.address} ${each.denom}`, each]));
  const of = (address: string, denom: string): bigint => held.get(`${address} ${denom}`)?.amount ?? 0n;
  const set = (address: string, denom: string, amount: bigint): void => {
    assert(amount >= 0n, `${address} lacks ${-amount}${denom}`);
    if (amount === 0n) held.delete(`${address} ${denom}`);
    else held.set(`${address} ${denom}`, { address, denom, amount });
  };
  return {
    of,
    move: (from, to, denom, amount) => {
      assert(amount >= 0n, "a negative amount");
      set(from, denom, of(from, denom) - amount);
      set(to, denom, of(to, denom) + amount);
    },
    mint: (to, denom, amount) => set(to, denom, of(to, denom) + amount),
    burn: (from, denom, amount) => set(from, denom, of(from, denom) - amount),
    denoms: (address) =>
      [...held.values()].filter((each) => each.address === address).map((each) => each.denom),
    supply: (denom) =>
      [...held.values()].reduce((sum, each) => (each.denom === denom ? sum + each.amount : sum), 0n),
    all: () => [...held.values()],
  };
}
