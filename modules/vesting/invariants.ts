import { invariant } from "#chain/kernel/module.ts";
import * as bank from "#modules/bank/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import { VESTING } from "./api.ts";
import { rules, vests } from "./state.ts";

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
