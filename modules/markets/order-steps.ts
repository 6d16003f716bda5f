import { admit, apply, checkOrder, checkPredictions, close, drop } from "./order-book.ts";
import { payouts, voidMarket } from "./order-payouts.ts";

/** What every kind of orders by a model does alike, but for how its prices or scores settle them. */
export const orderSteps = {
  trades: "orders",
  admit,
  apply,
  checkOrder,
  checkPredictions,
  drop,
  close,
  payouts,
  void: voidMarket,
} as const;
