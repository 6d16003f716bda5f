import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { invariant } from "#chain/kernel/module.ts";
import * as bank from "#modules/bank/api.ts";
import * as validators from "#modules/validators/api.ts";
import { ATTO, PARTS, type Purse } from "./accrual.ts";
import { denomsOf } from "./denoms.ts";
import { markOf, pursesIn } from "./ledgers.ts";
import { DISTRIBUTION } from "./pool.ts";
import { earnings, owed, pool, starts } from "./state.ts";

/** Nobody waits for a coin that is not there, and none is there for nobody. For production: a few reads. */
export const rewardsAreBacked = invariant(
  "the account of distribution holds exactly the community pool and all rewards that are outstanding",
  "cheap",
  (ctx) => {
    const due = new Map<string, bigint>(denomsOf(ctx).map((denom) => [denom, 0n]));
    for (const [denom, { amount }] of pool.all(ctx)) due.set(denom, amount);
    for (const [denom, { amount }] of owed.all(ctx)) due.set(denom, (due.get(denom) ?? 0n) + amount);
    return [...due].every(([denom, units]) => bank.balance(ctx, DISTRIBUTION, denom) * ATTO === units);
  },
);

export const owedIsOutstanding = invariant(
  "what is outstanding of all validators together is what is of each",
  "full",
  (ctx) => {
    const sums = new Map<string, bigint>();
    for (const [, { ledgers }] of earnings.all(ctx))
      for (const { denom, outstanding } of ledgers)
        if (outstanding !== 0n) sums.set(denom, (sums.get(denom) ?? 0n) + outstanding);
    const booked = [...owed.all(ctx)];
    return booked.length === sums.size && booked.every(([denom, { amount }]) => sums.get(denom) === amount);
  },
);

/** Parts that the delegations of a validator have earned. */
function earnedParts(ctx: ReadCtx, operator: string, denom: string, { perShare }: Purse): bigint {
  let sum = 0n;
  for (const { delegator, shares } of validators.delegationsTo(ctx, operator)) {
    const mark = markOf(starts.get(ctx, [delegator, operator]), denom);
    if (mark > perShare) return -1n;
    sum += (perShare - mark) * shares;
  }
  return sum;
}

/** In whatever order they withdraw, each delegator gets what it has earned. */
export const rewardsAreEarned = invariant(
  "what is outstanding of a validator is its commission, its rest and what its delegations have earned",
  "full",
  (ctx) => {
    for (const [operator, found] of earnings.all(ctx))
      for (const [denom, purse] of pursesIn(found)) {
        const earned = earnedParts(ctx, operator, denom, purse);
        const parts = (purse.outstanding - purse.commission) * PARTS;
        if (earned < 0n || parts !== purse.rest + earned) return false;
      }
    return true;
  },
);
