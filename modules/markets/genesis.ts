import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import * as rounds from "#modules/rounds/api.ts";
import { type GenesisState, OrderStatus } from "#proto/gen/iterum/markets.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { errors } from "./errors.ts";
import { histories, holders, markets, orders, outcomes, refunding, rules } from "./state.ts";

/** Puts markets, orders and outcomes of an exported chain back. */
export function restoreMarkets(ctx: WriteCtx, genesis: GenesisState): void {
  for (const market of genesis.markets) {
    const { gameId, roundId, settled } = market;
    markets.set(ctx, [gameId, roundId], market);
    const isVoid = rounds.round(ctx, { gameId, roundId }).phase === Phase.PHASE_VOID;
    if (isVoid && !settled) refunding.set(ctx, [gameId, roundId], true);
  }
  for (const { gameId, roundId, order } of genesis.orders) {
    ensure(order, errors.BadGenesis, { gameId });
    orders.set(ctx, [gameId, roundId, order.operator], order);
    const isHolder = order.status === OrderStatus.ORDER_STATUS_HOLDING;
    if (isHolder) holders.set(ctx, [gameId, roundId, order.operator], true);
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
