import { invariant } from "#chain/kernel/module.ts";
import * as bank from "#modules/bank/api.ts";
import { TREASURY } from "./budget.ts";
import { budgets, due, subscriptions } from "./state.ts";

/** Every coin of the treasury is some game's, and every budget has its coins. */
export const budgetsAreBacked = invariant("the treasury holds exactly the budgets", "cheap", (ctx) => {
  const owed = new Map<string, bigint>();
  for (const [, { denom, available }] of budgets.all(ctx))
    owed.set(denom, (owed.get(denom) ?? 0n) + available);
  return [...owed].every(([denom, amount]) => bank.balance(ctx, TREASURY, denom) === amount);
});

/** Nobody's period ends unseen. */
export const periodsEnd = invariant("every subscription has one end of its period", "full", (ctx) => {
  let ends = 0;
  for (const _ of due.all(ctx)) ends += 1;
  for (const [[gameId, subscriber], { paidHeight }] of subscriptions.all(ctx)) {
    if (!due.has(ctx, [paidHeight, gameId, subscriber])) return false;
    ends -= 1;
  }
  return ends === 0;
});
