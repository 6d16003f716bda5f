import assert from "node:assert/strict";
import { ChainError, type ErrorFactory } from "#chain/kernel/error.ts";
import type { AppState } from "#chain/kernel/genesis.ts";
import type { Codec } from "#chain/proto/codec.ts";
import { people } from "#test/kit/accounts.ts";
import { newChain } from "#test/kit/chain.ts";
import { altered } from "#test/kit/game/alter.ts";
import type { GenesisChoice } from "#test/kit/genesis.ts";

export type Alter = (state: AppState) => AppState;

/** A genesis so altered is refused with the error. */
export function refusesGenesis(
  { codespace, code }: ErrorFactory,
  alter: Alter,
  choice: Partial<GenesisChoice> = {},
) {
  const members = people("ann", "ben");
  assert.throws(
    () => newChain({ members, others: [], ...choice, alter }),
    (error) => error instanceof ChainError && error.codespace === codespace && error.code === code,
  );
}

/** The first entry of a list, changed; or twice. */
export const first = <T>([head, ...rest]: readonly T[], change: Partial<T>): T[] => [
  { ...head, ...change } as T,
  ...rest,
];
export const twice = <T>(list: readonly T[]): T[] => [...list, ...list];
export const changed =
  <G>(name: string, codec: Codec<G>) =>
  (change: (genesis: G) => Partial<G>): Alter =>
    altered(name, codec, (genesis) => ({ ...genesis, ...change(genesis) }));
