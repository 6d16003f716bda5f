import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { assert } from "#chain/kernel/error.ts";
import { addressKey } from "#chain/protocol/address.ts";
import { toOperator } from "#chain/protocol/operator.ts";
import * as bank from "#modules/bank/api.ts";
import * as validators from "#modules/validators/api.ts";
import type { Coin, DecCoin } from "#proto/gen/cosmos/base.ts";
import { ATTO, earned, split, taken } from "./accrual.ts";
import { markOf, marksAt, pursesOf, removeEarnings, setPurses } from "./ledgers.ts";
import { addToPool, DISTRIBUTION } from "./pool.ts";
import { payees, slashes, starts } from "./state.ts";

/** The account that gets what an account earns. */
export const payeeOf = (ctx: ReadCtx, earner: string): string => payees.get(ctx, earner)?.address ?? earner;

/** Coins as Cosmos SDK writes them in events. */
const coinsText = (coins: readonly Coin[]): string =>
  coins.map(({ denom, amount }) => `${amount}${denom}`).join(",");

/** What a delegation has earned and not been paid, in 10⁻¹⁸ base units, by denom; none is zero. */
export function dueTo(ctx: ReadCtx, delegator: string, operator: string): readonly DecCoin[] {
  const shares = validators.delegation(ctx, delegator, operator)?.shares ?? 0n;
  const start = starts.get(ctx, [delegator, operator]);
  return [...pursesOf(ctx, operator)]
    .map(([denom, purse]) => ({ denom, amount: earned(purse, markOf(start, denom), shares) }))
    .filter(({ amount }) => amount > 0n);
}

/** Pays units of 10⁻¹⁸ that were booked out: what makes no base unit is the community's. */
function pay(ctx: WriteCtx, to: string, due: readonly DecCoin[]): Coin[] {
  const paid: Coin[] = [];
  for (const { denom, amount } of due) {
    const { whole, dust } = split(amount);
    addToPool(ctx, denom, dust);
    if (whole === 0n) continue;
    bank.send(ctx, DISTRIBUTION, to, denom, whole);
    paid.push({ denom, amount: whole });
  }
  return paid;
}

/** Lets a delegation earn from now on. */
export function start(ctx: WriteCtx, delegator: string, operator: string): void {
  const marks = marksAt(pursesOf(ctx, operator));
  if (marks.length > 0) starts.set(ctx, [delegator, operator], { delegator, operator, marks });
}

/** Pays what a delegation has earned and begins anew; returns what was paid. */
export function settle(ctx: WriteCtx, delegator: string, operator: string): readonly Coin[] {
  const shares = validators.delegation(ctx, delegator, operator)?.shares;
  assert(shares !== undefined, "a delegation that is not there was settled");
  const due = dueTo(ctx, delegator, operator);
  const begun = starts.get(ctx, [delegator, operator]);
  const purses = pursesOf(ctx, operator);
  if (purses.size > 0) {
    const after = [...purses].map(
      ([denom, purse]) => [denom, taken(purse, markOf(begun, denom), shares)] as const,
    );
    setPurses(ctx, operator, new Map(after));
  }
  start(ctx, delegator, operator);
  const paid = pay(ctx, payeeOf(ctx, delegator), due);
  if (paid.length > 0)
    ctx.emit("withdraw_rewards", [
      ["amount", coinsText(paid)],
      ["validator", toOperator(operator)],
      ["delegator", delegator],
    ]);
  return paid;
}

/** Pays a validator's commission to its operator, but for the part of a base unit; returns what was paid. */
export function payCommission(ctx: WriteCtx, operator: string): readonly Coin[] {
  const purses = new Map(pursesOf(ctx, operator));
  const paid: Coin[] = [];
  for (const [denom, purse] of purses) {
    const { whole, dust } = split(purse.commission);
    if (whole === 0n) continue;
    purses.set(denom, { ...purse, outstanding: purse.outstanding - whole * ATTO, commission: dust });
    bank.send(ctx, DISTRIBUTION, payeeOf(ctx, operator), denom, whole);
    paid.push({ denom, amount: whole });
  }
  if (paid.length === 0) return [];
  setPurses(ctx, operator, purses);
  ctx.emit("withdraw_commission", [["amount", coinsText(paid)]]);
  return paid;
}

/** Pays out a validator that is gone, and forgets it: what nobody has earned is the community's. */
export function close(ctx: WriteCtx, operator: string): void {
  payCommission(ctx, operator);
  for (const [denom, { outstanding }] of pursesOf(ctx, operator)) addToPool(ctx, denom, outstanding);
  removeEarnings(ctx, operator);
  for (const [key] of [...slashes.under(ctx, addressKey, operator)]) slashes.delete(ctx, key);
}
