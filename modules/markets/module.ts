import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { type Answers, defineModule, invariant, messages, on, queries } from "#chain/kernel/module.ts";
import * as auth from "#modules/auth/api.ts";
import * as bank from "#modules/bank/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import { GenesisState, Msg, OrderStatus, Query } from "#proto/gen/iterum/markets.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { ordersOf, outcomeOf, ruleOf } from "./api.ts";
import { closeMarket, demandAll } from "./audit.ts";
import { bookOf, MARKETS } from "./book.ts";
import { commitPredictions } from "./commit-predictions.ts";
import { forfeitAt, voidMarket } from "./end-orders.ts";
import { dumpMarkets, restoreMarkets } from "./genesis.ts";
import { openMarket } from "./open-market.ts";
import { openOrder } from "./open-order.ts";
import { openPredictions } from "./open-predictions.ts";
import { placeOrder } from "./place-order.ts";
import { addRule, ensureSettleLengths } from "./rule.ts";
import { turnCrank } from "./settle.ts";
import { markets, orders, rules } from "./state.ts";

const answers: Answers<typeof Query> = {
  marketRule: (ctx, { gameId }) => ({ rule: ruleOf(ctx, gameId) }),
  market: (ctx, key) => ({ market: bookOf(ctx, key).market }),
  orders: (ctx, key) => ({ orders: ordersOf(ctx, key) }),
  outcome: (ctx, key) => ({ outcome: outcomeOf(ctx, key) }),
};

type Turn = (ctx: WriteCtx, key: rounds.RoundKey) => void;

const endOfStep =
  (status: OrderStatus, reason: string): Turn =>
  (ctx, key) =>
    forfeitAt(ctx, key, status, reason);

/** What each phase brings to the market as it begins. */
const turns: Readonly<Partial<Record<Phase, Turn>>> = {
  [Phase.PHASE_OPEN]: openMarket,
  [Phase.PHASE_ELECT]: endOfStep(OrderStatus.ORDER_STATUS_SEALED, "order not opened"),
  [Phase.PHASE_OPEN_PREDICTIONS]: endOfStep(OrderStatus.ORDER_STATUS_OPEN, "predictions not committed"),
  [Phase.PHASE_REVEAL_LABELS]: endOfStep(OrderStatus.ORDER_STATUS_COMMITTED, "predictions not opened"),
  [Phase.PHASE_PROVE]: demandAll,
  [Phase.PHASE_SETTLE]: closeMarket,
  [Phase.PHASE_VOID]: voidMarket,
};

/** What the markets owe, by denom: vaults, bonds and committee pay. */
function owed(ctx: ReadCtx): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>();
  const add = (gameId: string, amount: bigint): void => {
    const { denom } = rounds.game(ctx, gameId);
    sums.set(denom, (sums.get(denom) ?? 0n) + amount);
  };
  for (const [gameId] of rules.all(ctx)) add(gameId, 0n);
  for (const [[gameId], { vault, committeePay }] of markets.all(ctx)) add(gameId, vault + committeePay);
  for (const [[gameId], { bond, status }] of orders.all(ctx))
    if (status !== OrderStatus.ORDER_STATUS_REFUNDED) add(gameId, bond);
  return sums;
}

const vaultsAreBacked = invariant("the markets' account holds exactly vaults, bonds and pay", "full", (ctx) =>
  [...owed(ctx)].every(([denom, amount]) => bank.balance(ctx, MARKETS, denom) === amount),
);

export const marketsModule = defineModule({
  name: "markets",
  version: 1,
  messages: messages(Msg, { placeOrder, openOrder, commitPredictions, openPredictions }),
  queries: queries(Query, answers),
  invariants: [vaultsAreBacked],
  hooks: [on(rounds.phaseEntered, (ctx, { phase, ...key }) => turns[phase as Phase]?.(ctx, key))],
  genesis: {
    codec: GenesisState,
    init: (ctx, genesis) => {
      auth.ensureModuleAccount(ctx, "markets");
      for (const rule of genesis.rules) addRule(ctx, rule);
      ensureSettleLengths(ctx);
      restoreMarkets(ctx, genesis);
    },
    dump: dumpMarkets,
  },
  endBlock: turnCrank,
});
