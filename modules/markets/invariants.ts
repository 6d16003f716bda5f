import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { invariant } from "#chain/kernel/module.ts";
import * as bank from "#modules/bank/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import { OrderStatus } from "#proto/gen/iterum/markets.ts";
import { kindNamed, MARKETS, shareBook } from "./book.ts";
import { holders, markets, orders, roundKey, rules } from "./state.ts";

/** What the markets owe, by denom: vaults, bonds and committee pay. */
function owed(ctx: ReadCtx): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>();
  const add = (gameId: string, amount: bigint): void => {
    const { denom } = rounds.game(ctx, gameId);
    sums.set(denom, (sums.get(denom) ?? 0n) + amount);
  };
  for (const gameId of rules.names(ctx)) add(gameId, 0n);
  for (const [[gameId], { vault, committeePay }] of markets.all(ctx)) add(gameId, vault + committeePay);
  for (const [[gameId], { bond, status }] of orders.all(ctx))
    if (status !== OrderStatus.ORDER_STATUS_REFUNDED) add(gameId, bond);
  return sums;
}

export const vaultsAreBacked = invariant(
  "the markets' account holds exactly vaults, bonds and pay",
  "full",
  (ctx) => [...owed(ctx)].every(([denom, amount]) => bank.balance(ctx, MARKETS, denom) === amount),
);

/** Whether the rows of those who hold shares in a round come to what its market says. */
function addsUp(ctx: ReadCtx, key: rounds.RoundKey): boolean {
  const { kind, state } = shareBook(ctx, key);
  const all = kind.outstanding(state);
  let { holders: count, credits } = all;
  const shares = [...all.shares];
  for (const [row] of holders.under(ctx, roundKey, [key.gameId, key.roundId])) {
    const held = orders.get(ctx, row);
    if (held?.status !== OrderStatus.ORDER_STATUS_HOLDING) return false;
    count -= 1;
    credits -= held.credit;
    for (const [k, amount] of held.shares.entries()) shares[k] = (shares[k] ?? 0n) - amount;
  }
  return count === 0 && credits === 0n && shares.every((left) => left === 0n);
}

export const holdingsAddUp = invariant("what everybody holds adds up to what is sold", "full", (ctx) =>
  [...markets.all(ctx)].every(
    ([[gameId, roundId], { kind }]) =>
      kindNamed(kind).trades !== "shares" || addsUp(ctx, { gameId, roundId }),
  ),
);
