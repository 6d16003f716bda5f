import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { GenesisState } from "#proto/gen/iterum/markets.ts";
import { errors } from "./errors.ts";
import { histories, markets, orders, outcomes, rules } from "./state.ts";

/** Puts markets, orders and outcomes of an exported chain back. */
export function restoreMarkets(ctx: WriteCtx, genesis: GenesisState): void {
  for (const market of genesis.markets) markets.set(ctx, [market.gameId, market.roundId], market);
  for (const { gameId, roundId, order } of genesis.orders) {
    ensure(order, errors.BadGenesis, { gameId });
    orders.set(ctx, [gameId, roundId, order.operator], order);
  }
  for (const outcome of genesis.outcomes) outcomes.set(ctx, [outcome.gameId, outcome.roundId], outcome);
  for (const history of genesis.histories) histories.set(ctx, history.gameId, history);
}

/** The whole state of markets as genesis. */
export const dumpMarkets = (ctx: ReadCtx): GenesisState => ({
  rules: [...rules.all(ctx)].map(([, rule]) => rule),
  markets: [...markets.all(ctx)].map(([, market]) => market),
  orders: [...orders.all(ctx)].map(([[gameId, roundId], order]) => ({ gameId, roundId, order })),
  outcomes: [...outcomes.all(ctx)].map(([, outcome]) => outcome),
  histories: [...histories.all(ctx)].map(([, history]) => history),
});
