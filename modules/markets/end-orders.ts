import type { WriteCtx } from "#chain/kernel/ctx.ts";
import type { RoundKey } from "#modules/rounds/api.ts";
import { type Order, OrderStatus } from "#proto/gen/iterum/markets.ts";
import { giveBack, orderBook, pay, setBook, setOrder } from "./book.ts";
import { orderEnded } from "./events.ts";
import { ordersOf } from "./reads.ts";

/**
 * Takes an order out of the market: its bound and fee stay in the vault until the round pays the treasury.
 */
export function forfeit(ctx: WriteCtx, key: RoundKey, order: Order, reason: string, withBond: boolean): void {
  const book = orderBook(ctx, key);
  setBook(ctx, book, book.kind.drop(book.state, order.operator));
  if (withBond) giveBack(ctx, key, order.bond, "forfeited operator bond");
  else pay(ctx, key, order.operator, order.bond);
  setOrder(ctx, key, { ...order, bond: 0n, status: OrderStatus.ORDER_STATUS_FORFEITED, reason });
  orderEnded(ctx, {
    ...key,
    operator: order.operator,
    status: "FORFEITED",
    paid: withBond ? 0n : order.bond,
    reason,
  });
}

/** Forfeits the bounds of all orders that are still at a step that has ended; the bonds go back. */
export function forfeitAt(ctx: WriteCtx, key: RoundKey, status: OrderStatus, reason: string): void {
  for (const order of ordersOf(ctx, key))
    if (order.status === status) forfeit(ctx, key, order, reason, false);
}

/** Ends the market of a void round: everything goes back but what was forfeited. */
export function voidOrders(ctx: WriteCtx, key: RoundKey): void {
  const book = orderBook(ctx, key);
  const { state, distribution } = book.kind.void(book.state);
  const amounts = new Map(distribution.payouts.map(({ operator, amount }) => [operator, amount]));
  const { residual, fees, forfeits } = distribution;
  giveBack(ctx, key, residual + book.market.committeePay, "void round");
  giveBack(ctx, key, fees + forfeits, "forfeits");
  for (const order of ordersOf(ctx, key)) {
    const { operator, bond } = order;
    const payout = amounts.get(operator);
    if (payout === undefined) continue;
    pay(ctx, key, operator, payout + bond);
    const reason = "the round is void";
    setOrder(ctx, key, { ...order, status: OrderStatus.ORDER_STATUS_REFUNDED, reason, payout });
    orderEnded(ctx, { ...key, operator, status: "REFUNDED", paid: payout + bond, reason });
  }
  setBook(ctx, book, state, { vault: 0n, committeePay: 0n, settled: true });
}
