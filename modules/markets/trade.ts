import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Handler } from "#chain/kernel/module.ts";
import * as bank from "#modules/bank/api.ts";
import * as elections from "#modules/elections/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import {
  type MsgTrade,
  type MsgTradeResponse,
  Order,
  OrderStatus,
  type QueryPricesResponse,
  type QueryQuoteRequest,
  type QueryQuoteResponse,
} from "#proto/gen/iterum/markets.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { MARKETS, setBook, setOrder, shareBook } from "./book.ts";
import { errors } from "./errors.ts";
import { traded } from "./events.ts";
import type { Holding, Quote } from "./kind.ts";
import { holders, orders } from "./state.ts";
import { ensureTradable } from "./tradable.ts";

/** What the row of a holder says. */
export const holdingOf = ({ shares, credit, bound, fee }: Order): Holding => ({
  shares,
  credit,
  paidIn: bound,
  fees: fee,
});

function ensureCost({ sale, costLimit }: MsgTrade, { cost, fee }: Quote): void {
  const isMet = sale ? cost - fee >= costLimit : cost + fee <= costLimit;
  ensure(isMet, errors.CostRefused, { cost, fee, costLimit });
}

/** Buys or sells shares of an outcome; whoever trades is out of the round's election. */
export const trade: Handler<MsgTrade, MsgTradeResponse> = {
  signer: (msg) => msg.operator,
  run: (ctx, msg) => {
    const { operator, gameId, roundId, modelId, outcome, shares, sale, priceLimitPpm } = msg;
    const key = { gameId, roundId };
    rounds.ensurePhase(ctx, key, Phase.PHASE_OPEN);
    const book = shareBook(ctx, key);
    ensureTradable(ctx, key, operator, modelId);
    const row = orders.get(ctx, [gameId, roundId, operator]);
    const wanted = { outcome, shares, isSale: sale, limitPpm: priceLimitPpm };
    const { state, holding, quote, paid } = book.kind.trade(book.state, row && holdingOf(row), wanted);
    ensureCost(msg, quote);

    bank.send(ctx, operator, MARKETS, rounds.game(ctx, gameId).denom, paid);
    elections.exclude(ctx, key, operator);
    setBook(ctx, book, state, { vault: book.market.vault + paid });
    setOrder(ctx, key, {
      ...Order.zero(),
      operator,
      modelId,
      bound: holding.paidIn,
      deposit: holding.paidIn,
      fee: holding.fees,
      status: OrderStatus.ORDER_STATUS_HOLDING,
      shares: holding.shares,
      credit: holding.credit,
    });
    holders.set(ctx, [gameId, roundId, operator], true);
    const { cost, fee, pricesPpm } = quote;
    traded(ctx, { ...key, operator, modelId, outcome, shares: quote.shares, sale, cost, fee, pricesPpm });
    return { shares: quote.shares, cost, fee };
  },
};

/** What a trade would come to now. */
export function answerQuote(ctx: ReadCtx, request: QueryQuoteRequest): QueryQuoteResponse {
  const { gameId, roundId, operator, outcome, shares, sale, priceLimitPpm } = request;
  const { kind, state } = shareBook(ctx, { gameId, roundId });
  rounds.ensurePhase(ctx, { gameId, roundId }, Phase.PHASE_OPEN);
  const row = operator === "" ? undefined : orders.get(ctx, [gameId, roundId, operator]);
  const wanted = { outcome, shares, isSale: sale, limitPpm: priceLimitPpm };
  return kind.quote(state, row && holdingOf(row), wanted);
}

/** Prices of all outcomes, as they are or as they were at the close. */
export function answerPrices(ctx: ReadCtx, key: rounds.RoundKey): QueryPricesResponse {
  const { kind, state } = shareBook(ctx, key);
  return { pricesPpm: kind.prices(state) };
}
