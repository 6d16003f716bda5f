import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { invariant } from "#chain/kernel/module.ts";
import type { Table } from "#chain/kernel/state.ts";
import type { Entry, Redelegation, Unbonding } from "#proto/gen/iterum/validators.ts";
import {
  arrivals,
  bySize,
  departures,
  leavers,
  leavings,
  redelegations,
  redelegationsOf,
  unbondings,
  unbondingsOf,
} from "./state.ts";

// What is under way is stored here alone, so that counts and order are in step with it.

function add<K>(ctx: WriteCtx, table: Table<K, bigint>, key: K, change: number): void {
  if (change === 0) return;
  const entries = (table.get(ctx, key) ?? 0n) + BigInt(change);
  if (entries === 0n) table.delete(ctx, key);
  else table.set(ctx, key, entries);
}

/** Where an entry stands in the order of sizes. */
const sizeOf = (operator: string, { balance, number }: Entry) => [operator, balance, number] as const;

/** Keeps the order of sizes in step with the entries of a delegation, and the queue without what is gone. */
function reorder(ctx: WriteCtx, before: readonly Entry[], { delegator, operator, entries }: Unbonding): void {
  const after = new Map(entries.map((entry) => [entry.number, entry]));
  const known = new Map(before.map((entry) => [entry.number, entry]));
  for (const entry of before) {
    const now = after.get(entry.number);
    if (now?.balance !== entry.balance) bySize.delete(ctx, sizeOf(operator, entry));
    if (!now) leavings.delete(ctx, [entry.endsMs, entry.number]);
  }
  for (const entry of entries)
    if (known.get(entry.number)?.balance !== entry.balance)
      bySize.set(ctx, sizeOf(operator, entry), delegator);
}

/** What is on its way out of a delegation; without entries where nothing is. */
export const unbondingOf = (ctx: ReadCtx, delegator: string, operator: string): Unbonding =>
  unbondings.get(ctx, [delegator, operator]) ?? { delegator, operator, entries: [] };

/** Stores what is on its way out of a delegation, or removes it with its last entry. */
export function saveUnbonding(ctx: WriteCtx, unbonding: Unbonding): void {
  const { delegator, operator, entries } = unbonding;
  const before = unbondingOf(ctx, delegator, operator).entries;
  reorder(ctx, before, unbonding);
  add(ctx, leavers, operator, entries.length - before.length);
  if (entries.length > 0) {
    unbondings.set(ctx, [delegator, operator], unbonding);
    unbondingsOf.set(ctx, [operator, delegator], true);
    return;
  }
  unbondings.delete(ctx, [delegator, operator]);
  unbondingsOf.delete(ctx, [operator, delegator]);
}

/** What of a delegation has moved and stands for its source; without entries where nothing does. */
export const redelegationOf = (
  ctx: ReadCtx,
  parties: Readonly<Record<"delegator" | "source" | "destination", string>>,
): Redelegation => {
  const { delegator, source, destination } = parties;
  const found = redelegations.get(ctx, [delegator, destination, source]);
  return found ?? { delegator, source, destination, entries: [] };
};

/** Stores what has moved and stands for its source, or removes it with its last entry. */
export function saveRedelegation(ctx: WriteCtx, redelegation: Redelegation): void {
  const { delegator, source, destination, entries } = redelegation;
  const change = entries.length - redelegationOf(ctx, redelegation).entries.length;
  add(ctx, departures, source, change);
  add(ctx, arrivals, [delegator, destination], change);
  if (entries.length > 0) {
    redelegations.set(ctx, [delegator, destination, source], redelegation);
    redelegationsOf.set(ctx, [source, delegator, destination], true);
    return;
  }
  redelegations.delete(ctx, [delegator, destination, source]);
  redelegationsOf.delete(ctx, [source, delegator, destination]);
}

/** Whether stake that moved to a validator still stands for where it came from. */
export const isMoving = (ctx: ReadCtx, delegator: string, destination: string): boolean =>
  arrivals.has(ctx, [delegator, destination]);

/** Whether a table counts exactly what was counted under its keys. */
function counts<K>(ctx: ReadCtx, table: Table<K, bigint>, name: (key: K) => string, due: readonly string[]) {
  const sums = new Map<string, bigint>();
  for (const key of due) sums.set(key, (sums.get(key) ?? 0n) + 1n);
  const counted = [...table.all(ctx)];
  return counted.length === sums.size && counted.every(([key, entries]) => sums.get(name(key)) === entries);
}

export const entriesAreCounted = invariant(
  "what is under way from each validator, and what has moved to it, is counted",
  "full",
  (ctx) => {
    const out = [...unbondings.all(ctx)].flatMap(([, each]) => each.entries.map(() => each.operator));
    const moved = [...redelegations.all(ctx)].flatMap(([, each]) => each.entries.map(() => each));
    return (
      counts(ctx, leavers, (operator) => operator, out) &&
      counts(
        ctx,
        departures,
        (source) => source,
        moved.map(({ source }) => source),
      ) &&
      counts(
        ctx,
        arrivals,
        ([delegator, to]) => `${delegator} ${to}`,
        moved.map(({ delegator, destination }) => `${delegator} ${destination}`),
      )
    );
  },
);

export const entriesAreOrdered = invariant(
  "whatever is on its way out of a validator stands in the order of sizes, and in the queue",
  "full",
  (ctx) => {
    let entries = 0;
    for (const [, unbonding] of unbondings.all(ctx)) {
      const { delegator, operator } = unbonding;
      entries += unbonding.entries.length;
      for (const entry of unbonding.entries) {
        if (bySize.get(ctx, sizeOf(operator, entry)) !== delegator) return false;
        if (!leavings.has(ctx, [entry.endsMs, entry.number])) return false;
      }
    }
    return [...bySize.all(ctx)].length === entries;
  },
);
