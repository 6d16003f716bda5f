import type { WriteCtx } from "#chain/kernel/ctx.ts";
import * as commitments from "#modules/commitments/api.ts";
import type * as rounds from "#modules/rounds/api.ts";
import { giveBack, pay } from "./book.ts";

/** Pays each member what it has earned; what is left of the committee's pay is for the treasury. */
export function payCommittee(ctx: WriteCtx, key: rounds.RoundKey, locked: bigint): bigint {
  let paid = 0n;
  for (const { member, amount } of commitments.committeePay(ctx, key)) {
    pay(ctx, key, member, amount);
    paid += amount;
  }
  giveBack(ctx, key, locked - paid, "committee pay not earned");
  return paid;
}
