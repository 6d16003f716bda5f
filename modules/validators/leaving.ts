import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import * as bank from "#modules/bank/api.ts";
import { type Entry, type Leaving, Status, type Unbonding } from "#proto/gen/iterum/validators.ts";
import { errors } from "./errors.ts";
import { bondDenom, params } from "./params.ts";
import { NOT_BONDED_POOL } from "./pools.ts";
import { removeEmpty, save } from "./records.ts";
import { leavings, nextLeaving, validators } from "./state.ts";
import { redelegationOf, saveRedelegation, saveUnbonding, unbondingOf } from "./under-way.ts";

/** Ends that one block brings about; the rest wait for the next. */
const ENDS_PER_BLOCK = 200;
/** Gas of an entry besides its writes: its part in a slash, which looks at every entry under way. */
const ENTRY_GAS = 100_000n;

/** Between whom something is under way; without a source it is on its way out of the operator's stake. */
type Parties = Pick<Leaving, "delegator" | "operator" | "source">;

/** Puts into the queue what ends at a time; gives its number. */
export function schedule(ctx: WriteCtx, leaving: Omit<Leaving, "number">): bigint {
  const number = nextLeaving.find(ctx) ?? 1n;
  nextLeaving.set(ctx, number + 1n);
  leavings.set(ctx, [leaving.endsMs, number], { ...leaving, number });
  return number;
}

/** Whether what begins at a height and ends at a time joins an entry. */
export const isJoined = (entry: Entry, height: bigint, endsMs: bigint): boolean =>
  entry.height === height && entry.endsMs === endsMs;

/**
 * Entries with one more, which joins one that began in the same block and ends with it. Fails with
 * (validators, 16) where there are as many as there may be.
 */
export function withEntry(
  ctx: WriteCtx,
  entries: readonly Entry[],
  parties: Parties,
  more: Omit<Entry, "number">,
): readonly Entry[] {
  const { height, endsMs } = more;
  const i = entries.findIndex((entry) => isJoined(entry, height, endsMs));
  const same = entries[i];
  if (same) {
    const joined = {
      ...same,
      initial: same.initial + more.initial,
      balance: same.balance + more.balance,
      shares: same.shares + more.shares,
    };
    return entries.with(i, joined);
  }
  ensure(entries.length < params(ctx).maxEntries, errors.TooManyEntries, { entries: entries.length });
  ctx.gas.consume(ENTRY_GAS);
  return [...entries, { ...more, number: schedule(ctx, { ...parties, endsMs }) }];
}

/** Pays out an entry of what is on its way out of a delegation: it has come to its end. */
export function payOut(ctx: WriteCtx, unbonding: Unbonding, ended: Entry): void {
  const { delegator, operator, entries } = unbonding;
  saveUnbonding(ctx, { ...unbonding, entries: entries.filter((entry) => entry !== ended) });
  bank.send(ctx, NOT_BONDED_POOL, delegator, bondDenom(ctx), ended.balance);
  ctx.emit("complete_unbonding", [
    ["amount", `${ended.balance}${bondDenom(ctx)}`],
    ["validator", operator],
    ["delegator", delegator],
  ]);
}

function endUnbonding(ctx: WriteCtx, { delegator, operator, number }: Leaving): void {
  const unbonding = unbondingOf(ctx, delegator, operator);
  const ended = unbonding.entries.find((entry) => entry.number === number);
  if (ended) payOut(ctx, unbonding, ended);
}

function endRedelegation(ctx: WriteCtx, { delegator, operator: destination, source, number }: Leaving): void {
  const found = redelegationOf(ctx, { delegator, source, destination });
  const ended = found.entries.find((entry) => entry.number === number);
  if (!ended) return;
  saveRedelegation(ctx, { ...found, entries: found.entries.filter((entry) => entry !== ended) });
  ctx.emit("complete_redelegation", [
    ["delegator", delegator],
    ["source_validator", source],
    ["destination_validator", destination],
  ]);
}

/** Frees the stake of a validator that left the set an unbonding time ago and has not come back since. */
function endValidator(ctx: WriteCtx, { operator, endsMs }: Leaving): void {
  const validator = validators.get(ctx, operator);
  if (validator?.status !== Status.STATUS_UNBONDING || validator.unbondingMs !== endsMs) return;
  save(ctx, { ...validator, status: Status.STATUS_UNBONDED });
  if (validator.shares === 0n) removeEmpty(ctx, operator);
}

/** Brings about what has come to its end, the earliest first, within the block's budget. */
export function endLeavings(ctx: WriteCtx): void {
  const due: Leaving[] = [];
  for (const [, leaving] of leavings.all(ctx)) {
    if (leaving.endsMs > ctx.timeMs || due.length === ENDS_PER_BLOCK) break;
    due.push(leaving);
  }
  for (const leaving of due) {
    leavings.delete(ctx, [leaving.endsMs, leaving.number]);
    if (leaving.delegator === "") endValidator(ctx, leaving);
    else if (leaving.source === "") endUnbonding(ctx, leaving);
    else endRedelegation(ctx, leaving);
  }
}
