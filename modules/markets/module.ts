import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { type Answers, defineModule, messages, on, queries } from "#chain/kernel/module.ts";
import * as auth from "#modules/auth/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import { GenesisState, Msg, OrderStatus, Query } from "#proto/gen/iterum/markets.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { closeMarket, demandAll } from "./audit.ts";
import { bookOf, kindNamed } from "./book.ts";
import { commitPredictions } from "./commit-predictions.ts";
import { forfeitAt, voidOrders } from "./end-orders.ts";
import { errors } from "./errors.ts";
import { dumpMarkets, restoreMarkets } from "./genesis.ts";
import { closeShares, voidShares } from "./holders.ts";
import { holdingsAddUp, vaultsAreBacked } from "./invariants.ts";
import type { MarketKind } from "./kind.ts";
import { openMarket } from "./open-market.ts";
import { openOrder } from "./open-order.ts";
import { openPredictions } from "./open-predictions.ts";
import { placeOrder } from "./place-order.ts";
import { answerOrders, outcomeOf } from "./reads.ts";
import { countItems } from "./revealed.ts";
import { putRule } from "./rule.ts";
import { ruleOf } from "./rule-of.ts";
import { turnCrank } from "./settle.ts";
import { markets, rules } from "./state.ts";
import { answerPrices, answerQuote, trade } from "./trade.ts";

const answers: Answers<typeof Query> = {
  marketRule: (ctx, key) => ({ rule: ruleOf(ctx, rounds.roundMeant(ctx, key)) }),
  market: (ctx, key) => ({ market: bookOf(ctx, key).market }),
  orders: answerOrders,
  outcome: (ctx, key) => ({ outcome: outcomeOf(ctx, key) }),
  quote: answerQuote,
  prices: answerPrices,
};

type Turn = (ctx: WriteCtx, key: rounds.RoundKey) => void;

const endOfStep =
  (status: OrderStatus, reason: string): Turn =>
  (ctx, key) =>
    forfeitAt(ctx, key, status, reason);

type Turns = Readonly<Partial<Record<Phase, Turn>>>;

/** What each phase brings to a market as it begins. Where shares are traded most phases bring nothing. */
const turns: Readonly<Record<MarketKind<unknown, unknown>["trades"], Turns>> = {
  orders: {
    [Phase.PHASE_ELECT]: endOfStep(OrderStatus.ORDER_STATUS_SEALED, "order not opened"),
    [Phase.PHASE_OPEN_PREDICTIONS]: endOfStep(OrderStatus.ORDER_STATUS_OPEN, "predictions not committed"),
    [Phase.PHASE_REVEAL_LABELS]: endOfStep(OrderStatus.ORDER_STATUS_COMMITTED, "predictions not opened"),
    [Phase.PHASE_PROVE]: demandAll,
    [Phase.PHASE_SETTLE]: closeMarket,
    [Phase.PHASE_VOID]: voidOrders,
  },
  shares: {
    [Phase.PHASE_SETTLE]: closeShares,
    [Phase.PHASE_VOID]: voidShares,
  },
};

function turn(ctx: WriteCtx, key: rounds.RoundKey, phase: Phase): void {
  if (phase === Phase.PHASE_OPEN) openMarket(ctx, key);
  // A round that was skipped has no market.
  const market = markets.get(ctx, [key.gameId, key.roundId]);
  if (!market) return;
  if (phase === Phase.PHASE_SETTLE) countItems(ctx, key);
  turns[kindNamed(market.kind).trades][phase]?.(ctx, key);
}

export const marketsModule = defineModule({
  name: "markets",
  version: 1,
  messages: messages(Msg, {
    placeOrder,
    openOrder,
    commitPredictions,
    openPredictions,
    trade,
  }),
  queries: queries(Query, answers),
  invariants: [vaultsAreBacked, holdingsAddUp],
  hooks: [on(rounds.phaseEntered, (ctx, { phase, ...key }) => turn(ctx, key, phase))],
  genesis: {
    codec: GenesisState,
    init: (ctx, genesis) => {
      auth.ensureModuleAccount(ctx, "markets");
      for (const rule of genesis.rules) {
        const { gameId, fromRound } = rule;
        ensure(!rules.has(ctx, gameId, fromRound), errors.BadRule, { gameId, fromRound });
        putRule(ctx, rule);
      }
      restoreMarkets(ctx, genesis);
    },
    dump: dumpMarkets,
  },
  endBlock: turnCrank,
});
