import { invariant } from "#chain/kernel/module.ts";
import * as bank from "#modules/bank/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import { VESTING } from "./api.ts";
import { due, rules, vests } from "./state.ts";

/** What operators are still to be paid is there, and no other coin. */
export const vestsAreBacked = invariant(
  "the account of vesting holds exactly the profits that are not paid",
  "full",
  (ctx) => {
    const owed = new Map<string, bigint>();
    const add = (gameId: string, amount: bigint): void => {
      const { denom } = rounds.game(ctx, gameId);
      owed.set(denom, (owed.get(denom) ?? 0n) + amount);
    };
    for (const [gameId] of rules.all(ctx)) add(gameId, 0n);
    for (const [[gameId], { left }] of vests.all(ctx)) add(gameId, left);
    return [...owed].every(([denom, amount]) => bank.balance(ctx, VESTING, denom) === amount);
  },
);

/** No profit is forgotten, and none is paid a part twice. */
export const vestsAreDue = invariant("every profit that is not paid is due once", "full", (ctx) => {
  let owed = 0;
  for (const [, { gameId, operator, roundId, nextEnd }] of vests.all(ctx)) {
    const key = [
      [gameId, nextEnd],
      [operator, roundId],
    ] as const;
    if (!due.has(ctx, key)) return false;
    owed += 1;
  }
  for (const _ of due.all(ctx)) owed -= 1;
  return owed === 0;
});
