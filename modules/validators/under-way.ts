import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { invariant } from "#chain/kernel/module.ts";
import type { Table } from "#chain/kernel/state.ts";
import type { Leaving } from "#proto/gen/iterum/validators.ts";
import { errors } from "./errors.ts";
import { arrivals, redelegations, unbondings, underWay } from "./state.ts";

/** Entries that may be under way from one validator: a slash of it looks at all of them. */
const UNDER_WAY_MAX = 5_000n;

/** Between whom something is under way; without a source it is on its way out of the operator's stake. */
export type Parties = Pick<Leaving, "delegator" | "operator" | "source">;

/** The validator whose slashes an entry has a part in. */
const sourceOf = ({ operator, source }: Parties): string => (source === "" ? operator : source);

function add<K>(ctx: WriteCtx, table: Table<K, bigint>, key: K, change: bigint): void {
  const entries = (table.get(ctx, key) ?? 0n) + change;
  if (entries === 0n) table.delete(ctx, key);
  else table.set(ctx, key, entries);
}

function count(ctx: WriteCtx, parties: Parties, change: bigint): void {
  add(ctx, underWay, sourceOf(parties), change);
  const { delegator, operator: destination, source } = parties;
  if (source !== "") add(ctx, arrivals, [delegator, destination], change);
}

/** Whether stake that moved to a validator still stands for where it came from. */
export const isMoving = (ctx: ReadCtx, delegator: string, destination: string): boolean =>
  arrivals.has(ctx, [delegator, destination]);

/** Counts one entry more; fails with (validators, 25) where as many are under way as may be. */
export function countEntry(ctx: WriteCtx, parties: Parties): void {
  const entries = underWay.get(ctx, sourceOf(parties)) ?? 0n;
  ensure(entries < UNDER_WAY_MAX, errors.Crowded, { operator: sourceOf(parties), entries });
  count(ctx, parties, 1n);
}

/** Counts one entry less: it has come to its end, or is staked again. */
export const uncountEntry = (ctx: WriteCtx, parties: Parties): void => count(ctx, parties, -1n);

/** The parties of every entry under way. */
function* everyEntry(ctx: ReadCtx): Iterable<Parties> {
  for (const [, { delegator, operator, entries }] of unbondings.all(ctx))
    for (const _ of entries) yield { delegator, operator, source: "" };
  for (const [, { delegator, source, destination: operator, entries }] of redelegations.all(ctx))
    for (const _ of entries) yield { delegator, operator, source };
}

/** Counts all entries that there are; for genesis. */
export function countAll(ctx: WriteCtx): void {
  for (const parties of [...everyEntry(ctx)]) count(ctx, parties, 1n);
}

export const entriesAreCounted = invariant(
  "what is under way from each validator, and what has moved to it, is counted",
  "full",
  (ctx) => {
    const counts = new Map<string, bigint>();
    const note = (key: string): unknown => counts.set(key, (counts.get(key) ?? 0n) + 1n);
    for (const parties of everyEntry(ctx)) {
      note(sourceOf(parties));
      if (parties.source !== "") note(`${parties.delegator} ${parties.operator}`);
    }
    const counted = [
      ...underWay.all(ctx),
      ...[...arrivals.all(ctx)].map(([[delegator, to], n]) => [`${delegator} ${to}`, n] as const),
    ];
    return counted.length === counts.size && counted.every(([key, n]) => counts.get(key) === n);
  },
);
