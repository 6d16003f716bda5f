import type { AppState } from "#chain/kernel/genesis.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import { GenesisState as Bank } from "#proto/gen/iterum/bank.ts";
import {
  type Entry,
  GenesisState,
  type Leaving,
  type Redelegation,
  type Unbonding,
} from "#proto/gen/iterum/validators.ts";
import type { Person } from "#test/kit/accounts.ts";
import { START_MS } from "#test/kit/chain.ts";
import { altered } from "#test/kit/game/alter.ts";

/** Entries that may be on their way out of one validator, and that may have moved away. */
export const LEAVERS_MAX = 4_000;
export const DEPARTURES_MAX = 1_000;

/** Entries of one delegator, as parameters allow. */
const EACH = 7;
const POOL = moduleAddress("not_bonded_tokens_pool");

/** An entry of a crowd. */
export interface Due {
  /** Base units. */
  readonly amount: bigint;
  /** Whose it is; without, somebody's who does nothing else. */
  readonly who?: Person;
  /** When it ends, milliseconds since 1970. */
  readonly endsMs?: bigint;
  /** Height at which it began. */
  readonly height?: bigint;
}

/** So many entries of an amount. */
export const many = (count: number, amount: bigint): Due[] =>
  Array.from({ length: count }, () => ({ amount }));

/** Entries in the order of their numbers, by whose they are. */
function byOwner(dues: readonly Due[], from: number): ReadonlyMap<string, Entry[]> {
  const owners = new Map<string, Entry[]>();
  for (const [i, { amount, who, endsMs = START_MS + 99_000n, height = 1n }] of dues.entries()) {
    const owner = who?.address ?? moduleAddress(`crowd ${Math.floor((from + i) / EACH)}`);
    const number = BigInt(from + i);
    const entry = { height, endsMs, initial: amount, balance: amount, shares: 0n, number };
    owners.set(owner, [...(owners.get(owner) ?? []), entry]);
  }
  return owners;
}

/**
 * A genesis in which these entries are on their way out of a validator, the first one begun first, and so
 * many have moved on from there to another; the coins come on top.
 */
export function crowd(
  from: Person,
  dues: readonly Due[],
  moved: { readonly count: number; readonly to: Person } = { count: 0, to: from },
): (state: AppState) => AppState {
  const sum = dues.reduce((all, { amount }) => all + amount, 0n);
  const money = altered("bank", Bank, (bank) => ({
    ...bank,
    balances: bank.balances.map((held) =>
      held.address === POOL ? { ...held, amount: held.amount + sum } : held,
    ),
  }));
  return (state) =>
    money(
      altered("validators", GenesisState, (stake) => {
        const next = Math.max(1, Number(stake.nextLeaving));
        const unbondings: Unbonding[] = [...byOwner(dues, next)].map(([delegator, entries]) => ({
          ...{ delegator, operator: from.address, entries },
        }));
        const moves: Redelegation[] = [...byOwner(many(moved.count, 1n), next + dues.length)].map(
          ([delegator, entries]) => ({
            ...{ delegator, source: from.address, destination: moved.to.address, entries },
          }),
        );
        const leavings: Leaving[] = [
          ...unbondings.map((each) => ({ ...each, source: "" })),
          ...moves.map((each) => ({ ...each, operator: each.destination })),
        ].flatMap(({ delegator, operator, source, entries }) =>
          entries.map(({ endsMs, number }) => ({ delegator, operator, source, endsMs, number })),
        );
        return {
          ...stake,
          unbondings: [...stake.unbondings, ...unbondings],
          redelegations: [...stake.redelegations, ...moves],
          leavings: [...stake.leavings, ...leavings],
          nextLeaving: BigInt(next + dues.length + moved.count),
        };
      })(state),
    );
}
