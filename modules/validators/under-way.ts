import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { invariant } from "#chain/kernel/module.ts";
import type { Leaving } from "#proto/gen/iterum/validators.ts";
import { errors } from "./errors.ts";
import { redelegations, unbondings, underWay } from "./state.ts";

/** Entries that may be under way from one validator: a slash of it looks at all of them. */
const UNDER_WAY_MAX = 5_000n;

/** Between whom something is under way; without a source it is on its way out of the operator's stake. */
export type Parties = Pick<Leaving, "delegator" | "operator" | "source">;

/** The validator whose slashes an entry has a part in. */
const sourceOf = ({ operator, source }: Parties): string => (source === "" ? operator : source);

function count(ctx: WriteCtx, parties: Parties, change: bigint): void {
  const source = sourceOf(parties);
  const entries = (underWay.get(ctx, source) ?? 0n) + change;
  if (entries === 0n) underWay.delete(ctx, source);
  else underWay.set(ctx, source, entries);
}

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
  "what is under way from each validator is counted",
  "full",
  (ctx) => {
    const counts = new Map<string, bigint>();
    for (const parties of everyEntry(ctx)) {
      const source = sourceOf(parties);
      counts.set(source, (counts.get(source) ?? 0n) + 1n);
    }
    const counted = [...underWay.all(ctx)];
    return counted.length === counts.size && counted.every(([source, n]) => counts.get(source) === n);
  },
);
