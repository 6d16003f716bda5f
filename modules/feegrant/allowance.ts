import { ensure } from "#chain/kernel/error.ts";
import { mulDiv } from "#chain/math/mul-div.ts";
import type { Codec } from "#chain/proto/codec.ts";
import type { Coin } from "#proto/gen/cosmos/base.ts";
import { BasicAllowance, PeriodicAllowance } from "#proto/gen/cosmos/feegrant.ts";
import type { Any, Duration, Timestamp } from "#proto/gen/google/protobuf.ts";
import { errors } from "./errors.ts";

const NS_PER_S = 1_000_000_000n;
/** The year 2200, far below what 64 bits of nanoseconds hold. */
const SECONDS_MAX = 7_258_118_400n;
/** Most coins of one limit. */
const COINS_MAX = 8;

/** An allowance of either kind, read. */
export interface Allowance {
  readonly basic: BasicAllowance;
  /** Undefined for a basic one. */
  readonly periodic: PeriodicAllowance | undefined;
}

/** What an `Any` of this module may hold. */
export const allowanceTypes: ReadonlyMap<string, Codec<unknown>> = new Map<string, Codec<unknown>>([
  [BasicAllowance.typeUrl, BasicAllowance as Codec<unknown>],
  [PeriodicAllowance.typeUrl, PeriodicAllowance as Codec<unknown>],
]);

/** The allowance that an `Any` holds, which the transaction's decoder has found to be canonical. */
export function readAllowance({ typeUrl, value }: Any): Allowance {
  if (typeUrl === BasicAllowance.typeUrl) return { basic: BasicAllowance.decode(value), periodic: undefined };
  ensure(typeUrl === PeriodicAllowance.typeUrl, errors.BadAllowance, { typeUrl: typeUrl.slice(0, 80) });
  const periodic = PeriodicAllowance.decode(value);
  return { basic: periodic.basic ?? BasicAllowance.zero(), periodic };
}

export const writeAllowance = ({ basic, periodic }: Allowance): Any =>
  periodic
    ? { typeUrl: PeriodicAllowance.typeUrl, value: PeriodicAllowance.encode({ ...periodic, basic }) }
    : { typeUrl: BasicAllowance.typeUrl, value: BasicAllowance.encode(basic) };

const nsOf = ({ seconds, nanos }: Timestamp | Duration): bigint => seconds * NS_PER_S + BigInt(nanos);

const timeOf = (ns: bigint): Timestamp => ({
  seconds: mulDiv(ns, 1n, NS_PER_S, "down"),
  nanos: Number(ns % NS_PER_S),
});

/** The last time at which the allowance pays, in nanoseconds since 1970; undefined for ever. */
export const endNs = ({ basic: { expiration } }: Allowance): bigint | undefined =>
  expiration && nsOf(expiration);

function ensureTime({ seconds, nanos }: Timestamp | Duration, field: string): void {
  const holds = seconds >= 0n && seconds <= SECONDS_MAX && nanos >= 0 && BigInt(nanos) < NS_PER_S;
  ensure(holds, errors.BadAllowance, { field });
}

function ensureLimit(coins: readonly Coin[], field: string): void {
  ensure(coins.length <= COINS_MAX, errors.BadAllowance, { field, coins: coins.length });
  let before = "";
  for (const { denom, amount } of coins) {
    ensure(amount > 0n && denom > before, errors.BadAllowance, { field, denom: denom.slice(0, 40) });
    before = denom;
  }
}

/** What is left of a limit; undefined when it does not cover the coins. */
function less(limit: readonly Coin[], coins: readonly Coin[]): Coin[] | undefined {
  const covered = coins.every(({ denom, amount }) =>
    limit.some((one) => one.denom === denom && one.amount >= amount),
  );
  if (!covered) return undefined;
  const taken = new Map(coins.map(({ denom, amount }) => [denom, amount]));
  return limit
    .map(({ denom, amount }) => ({ denom, amount: amount - (taken.get(denom) ?? 0n) }))
    .filter(({ amount }) => amount > 0n);
}

/** Fails unless limits are sorted and above zero, times are times and a period is longer than nothing. */
export function ensureAllowance({ basic, periodic }: Allowance): void {
  ensureLimit(basic.spendLimit, "spend_limit");
  if (basic.expiration) ensureTime(basic.expiration, "expiration");
  if (!periodic) return;
  const { period, periodSpendLimit, periodCanSpend, periodReset } = periodic;
  ensure(periodic.basic && period && periodReset, errors.BadAllowance, { missing: "basic, period or reset" });
  ensureTime(period, "period");
  ensureTime(periodReset, "period_reset");
  ensure(nsOf(period) > 0n, errors.BadAllowance, { field: "period" });
  ensureLimit(periodSpendLimit, "period_spend_limit");
  ensureLimit(periodCanSpend, "period_can_spend");
  ensure(periodSpendLimit.length > 0, errors.BadAllowance, { field: "period_spend_limit" });
  ensure(less(periodSpendLimit, periodCanSpend), errors.BadAllowance, { field: "period_can_spend" });
}

/** The periodic allowance as it stands at a time: a new period has its whole limit, or what is left. */
function renewed(periodic: PeriodicAllowance, basic: BasicAllowance, nowNs: bigint): PeriodicAllowance {
  const { period, periodReset, periodSpendLimit } = periodic;
  if (!period || !periodReset || nowNs < nsOf(periodReset)) return periodic;
  const next = nsOf(periodReset) + nsOf(period);
  const reset = timeOf(nowNs > next ? nowNs + nsOf(period) : next);
  const limited = basic.spendLimit.length > 0 && !less(basic.spendLimit, periodSpendLimit);
  return { ...periodic, periodCanSpend: limited ? basic.spendLimit : periodSpendLimit, periodReset: reset };
}

/**
 * What is left of an allowance after a fee, in Cosmos SDK's rules; undefined when nothing is. Fails when the
 * time is over (feegrant, 3) or a limit does not cover the fee (feegrant, 2).
 */
export function spent(allowance: Allowance, fee: readonly Coin[], nowNs: bigint): Allowance | undefined {
  const { basic } = allowance;
  const end = endNs(allowance);
  ensure(end === undefined || nowNs <= end, errors.Expired, { endNs: end ?? 0n, nowNs });
  let { periodic } = allowance;
  if (periodic) {
    periodic = renewed(periodic, basic, nowNs);
    const periodCanSpend = less(periodic.periodCanSpend, fee);
    ensure(periodCanSpend, errors.LimitExceeded, { limit: "period" });
    periodic = { ...periodic, periodCanSpend };
  }
  if (basic.spendLimit.length === 0) return { basic, periodic };
  const spendLimit = less(basic.spendLimit, fee);
  ensure(spendLimit, errors.LimitExceeded, { limit: "total" });
  return spendLimit.length === 0 ? undefined : { basic: { ...basic, spendLimit }, periodic };
}
