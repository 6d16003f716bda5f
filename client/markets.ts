import {
  type Market,
  type MarketRule,
  type ModelLmsrParams,
  ModelLmsrState,
  MsgCommitPredictions,
  MsgOpenOrder,
  MsgOpenPredictions,
  MsgPlaceOrder,
  MsgTrade,
  type Order,
  type Outcome,
  Query,
  type QueryQuoteRequest,
  type QueryQuoteResponse,
} from "#proto/gen/iterum/markets.ts";
import { codes } from "./codes.ts";
import { ClientError } from "./errors.ts";
import type { Ask } from "./ports.ts";
import { messageOf } from "./tx.ts";
import { unless } from "./unless.ts";

/** Locks a bound behind an order. */
export const msgPlaceOrder = messageOf(MsgPlaceOrder);
/** Opens a sealed order. */
export const msgOpenOrder = messageOf(MsgOpenOrder);
/** Commits to predictions. */
export const msgCommitPredictions = messageOf(MsgCommitPredictions);
/** Opens predictions. */
export const msgOpenPredictions = messageOf(MsgOpenPredictions);

/** Buys or sells shares of an outcome. */
export const msgTrade = messageOf(MsgTrade);

/** What the chain gives of orders at once. */
const ORDERS_PAGE = 100;

export interface MarketsQueries {
  /** How the market of a round works; by default of the last one. */
  rule(gameId: string, roundId?: bigint): Promise<MarketRule>;
  market(gameId: string, roundId: bigint): Promise<Market>;
  /** A round's orders, or all who hold shares, in address order; read page by page. */
  orders(gameId: string, roundId: bigint): Promise<readonly Order[]>;
  /** What a settled round came to; undefined before it is settled. */
  outcome(gameId: string, roundId: bigint): Promise<Outcome | undefined>;
  /** What a trade of shares would come to now; refused as the trade would be. */
  quote(trade: QueryQuoteRequest): Promise<QueryQuoteResponse>;
  /** Prices of all outcomes of a market of shares, in millionths. */
  prices(gameId: string, roundId: bigint): Promise<readonly number[]>;
}

export const marketsQueries = (ask: Ask): MarketsQueries => ({
  rule: async (gameId, roundId = 0n) => {
    const { rule } = await ask(Query.marketRule, { gameId, roundId });
    if (!rule) throw new ClientError("badAnswer", `game ${gameId} without a market rule`);
    return rule;
  },
  market: async (gameId, roundId) => {
    const { market } = await ask(Query.market, { gameId, roundId });
    if (!market) throw new ClientError("badAnswer", `round ${roundId} without its market`);
    return market;
  },
  orders: async (gameId, roundId) => {
    const found: Order[] = [];
    for (;;) {
      const afterOperator = found.at(-1)?.operator ?? "";
      const { orders } = await ask(Query.orders, { gameId, roundId, afterOperator, limit: ORDERS_PAGE });
      found.push(...orders);
      if (orders.length < ORDERS_PAGE) return found;
    }
  },
  outcome: async (gameId, roundId) =>
    (await unless(codes.markets.NoOutcome, ask(Query.outcome, { gameId, roundId })))?.outcome,
  quote: (trade) => ask(Query.quote, trade),
  prices: async (gameId, roundId) => (await ask(Query.prices, { gameId, roundId })).pricesPpm,
});

/** Parameters of a "model-lmsr/1" market as they are in its round; ClientError badInput for another kind. */
export function modelLmsrParams({ kind, state }: Market): ModelLmsrParams {
  const params = kind === "model-lmsr/1" ? ModelLmsrState.decode(state).params : undefined;
  if (!params) throw new ClientError("badInput", `not a model-lmsr/1 market: ${kind.slice(0, 40)}`);
  return params;
}
