import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { toOperator } from "#chain/protocol/operator.ts";
import type { Entry, Unbonding } from "#proto/gen/iterum/validators.ts";
import { bondDenom } from "./params.ts";
import { move, NOT_BONDED_POOL, poolOf } from "./pools.ts";
import { validatorOf } from "./records.ts";
import { addShares } from "./stake.ts";
import { saveUnbonding } from "./under-way.ts";

/** Stakes again so many base units of an entry on its way out; with the last of them the entry is gone. */
export function stakeAgain(ctx: WriteCtx, unbonding: Unbonding, entry: Entry, amount: bigint): void {
  const { delegator, operator } = unbonding;
  const left = { ...entry, initial: entry.initial - amount, balance: entry.balance - amount };
  const entries = unbonding.entries.flatMap((each) => {
    if (each !== entry) return [each];
    return left.balance > 0n ? [left] : [];
  });
  saveUnbonding(ctx, { ...unbonding, entries });
  move(ctx, NOT_BONDED_POOL, poolOf(validatorOf(ctx, operator)), amount);
  addShares(ctx, delegator, operator, amount);
  ctx.emit("cancel_unbonding_delegation", [
    ["validator", toOperator(operator)],
    ["delegator", delegator],
    ["amount", `${amount}${bondDenom(ctx)}`],
    ["creation_height", `${entry.height}`],
  ]);
}
