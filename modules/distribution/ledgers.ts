import { bigBytes, bigFromBytes } from "#chain/bytes/int.ts";
import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { Earnings, type Ledger, type Mark, type Start } from "#proto/gen/iterum/distribution.ts";
import { EMPTY, type Purse } from "./accrual.ts";
import { earnings, owed } from "./state.ts";

/** What a validator and its delegators have earned, by denom and sorted by it. */
export type Purses = ReadonlyMap<string, Purse>;

const purseOf = ({ outstanding, commission, perShare, rest }: Ledger): Purse => ({
  outstanding,
  commission,
  perShare: bigFromBytes(perShare),
  rest: bigFromBytes(rest),
});

const ledgerOf = (denom: string, { outstanding, commission, perShare, rest }: Purse): Ledger => ({
  denom,
  outstanding,
  commission,
  perShare: bigBytes(perShare),
  rest: bigBytes(rest),
});

const byDenom = ({ denom: a }: Ledger, { denom: b }: Ledger): number => (a < b ? -1 : 1);

export const pursesIn = ({ ledgers }: Earnings): Purses =>
  new Map(ledgers.map((ledger) => [ledger.denom, purseOf(ledger)]));

/** The purses of a validator: none for one that has earned nothing. */
export const pursesOf = (ctx: ReadCtx, operator: string): Purses =>
  pursesIn(earnings.get(ctx, operator) ?? Earnings.zero());

/** Books that more of a denom is outstanding, or less. */
function book(ctx: WriteCtx, denom: string, change: bigint): void {
  if (change === 0n) return;
  const amount = (owed.get(ctx, denom)?.amount ?? 0n) + change;
  if (amount === 0n) owed.delete(ctx, denom);
  else owed.set(ctx, denom, { denom, amount });
}

/** Stores what a validator has earned, and what is outstanding of all together. */
export function saveEarnings(ctx: WriteCtx, one: Earnings): void {
  const before = pursesOf(ctx, one.operator);
  const after = pursesIn(one);
  for (const denom of new Set([...before.keys(), ...after.keys()]))
    book(ctx, denom, purse(after, denom).outstanding - purse(before, denom).outstanding);
  earnings.set(ctx, one.operator, one);
}

/** Forgets what a validator has earned. */
export function removeEarnings(ctx: WriteCtx, operator: string): void {
  for (const [denom, { outstanding }] of pursesOf(ctx, operator)) book(ctx, denom, -outstanding);
  earnings.delete(ctx, operator);
}

/** Stores the purses of a validator. */
export function setPurses(ctx: WriteCtx, operator: string, purses: Purses): void {
  const { slashes } = earnings.get(ctx, operator) ?? Earnings.zero();
  const ledgers = [...purses].map(([denom, purse]) => ledgerOf(denom, purse)).sort(byDenom);
  saveEarnings(ctx, { operator, ledgers, slashes });
}

export const purse = (purses: Purses, denom: string): Purse => purses.get(denom) ?? EMPTY;

/** Where `perShare` stands now, for a delegation that begins to earn. */
export const marksAt = (purses: Purses): readonly Mark[] =>
  [...purses]
    .filter(([, { perShare }]) => perShare > 0n)
    .map(([denom, { perShare }]) => ({ denom, perShare: bigBytes(perShare) }));

/** Where it stood when a delegation began; zero without a mark. */
export function markOf(start: Start | undefined, denom: string): bigint {
  const mark = start?.marks.find((each) => each.denom === denom);
  return mark ? bigFromBytes(mark.perShare) : 0n;
}
