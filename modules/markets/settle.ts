import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { assert } from "#chain/kernel/error.ts";
import { decodePredictions } from "#chain/protocol/predictions.ts";
import * as rounds from "#modules/rounds/api.ts";
import * as vesting from "#modules/vesting/api.ts";
import { type Order, OrderStatus, type Scoring } from "#proto/gen/iterum/markets.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { type Book, giveBack, kindNamed, MARKETS, orderBook, pay, setBook, setOrder } from "./book.ts";
import { payCommittee } from "./committee-pay.ts";
import { orderEnded, settled } from "./events.ts";
import { refundShares, settleShares } from "./holders.ts";
import type { Distribution, Evaluation } from "./kind.ts";
import type { AnyOrderKind } from "./kinds.ts";
import { movesPerBlock } from "./moves.ts";
import { recordOrders } from "./outcome.ts";
import { ordersOf } from "./reads.ts";
import { type Revealed, revealed } from "./revealed.ts";
import { score } from "./score.ts";
import { markets, refunding } from "./state.ts";

const live = (ctx: ReadCtx, key: rounds.RoundKey): Order[] =>
  ordersOf(ctx, key).filter(({ status }) => status === OrderStatus.ORDER_STATUS_PREDICTED);

/** Pays each live order out of the vault, with its bond. */
function payOrders(
  ctx: WriteCtx,
  key: rounds.RoundKey,
  orders: readonly Order[],
  { payouts }: Distribution,
): void {
  const found = new Map(payouts.map((payout) => [payout.operator, payout]));
  for (const order of orders) {
    const { operator, bond } = order;
    const payout = found.get(operator);
    assert(payout, "a live order without its payout");
    const { amount, gain } = payout;
    const held = vesting.hold(ctx, key, MARKETS, operator, gain);
    pay(ctx, key, operator, amount - held + bond);
    setOrder(ctx, key, {
      ...order,
      bond: 0n,
      status: OrderStatus.ORDER_STATUS_SETTLED,
      payout: amount,
    });
    const paid = amount - held + bond;
    orderEnded(ctx, { ...key, operator, status: "SETTLED", paid, reason: held > 0n ? "profit is held" : "" });
  }
}

/** A round of orders that is being settled. */
interface Settling {
  readonly book: Book<AnyOrderKind>;
  readonly orders: readonly Order[];
  readonly revealed: Revealed;
  readonly scoring: Scoring;
}

function payOut(ctx: WriteCtx, key: rounds.RoundKey, from: Settling, settledState: unknown): void {
  const { book, orders, scoring } = from;
  const { state, distribution } = book.kind.payouts(settledState);
  payOrders(ctx, key, orders, distribution);
  giveBack(ctx, key, distribution.residual, "residual of the subsidy");
  giveBack(ctx, key, distribution.fees + distribution.forfeits, "fees and forfeits");
  const committeePaid = payCommittee(ctx, key, book.market.committeePay);
  const payouts = recordOrders(ctx, key, { ...from, distribution, committeePaid });
  setBook(ctx, book, state, { vault: 0n, committeePay: 0n, settled: true, scoring });
  settled(ctx, { ...key, payouts, returned: distribution.residual });
  rounds.finishRound(ctx, key);
}

function evaluationsOf({ orders, scoring }: Settling): (operator: string) => Evaluation {
  const found = new Map(
    orders.map(({ operator, predictions }, i) => {
      const scorePpm = scoring.results[i]?.scorePpm ?? 0;
      return [operator, { predictions: decodePredictions(predictions), scorePpm }];
    }),
  );
  return (operator) => {
    const evaluation = found.get(operator);
    assert(evaluation, "an evaluation of an order that is not live");
    return evaluation;
  };
}

/** Scores or settles the next piece of a round of orders, and pays it out with the last one. */
function settleOrders(ctx: WriteCtx, key: rounds.RoundKey, moves: number): void {
  const book = orderBook(ctx, key);
  const orders = live(ctx, key);
  const found = revealed(ctx, key);
  const { market, kind } = book;
  const { scoring, done, left } = score(ctx, key, { market, revealed: found, orders }, BigInt(moves));
  if (!done || left === 0n) {
    setBook(ctx, book, book.state, { scoring });
    return;
  }
  const settling = { book, orders, revealed: found, scoring };
  const set = { ...found.set, priorScorePpm: scoring.priorScorePpm };
  const step = kind.step(book.state, set, evaluationsOf(settling), Number(left));
  const parts = step.attributions.map((each) => ({ ...each, member: found.members[each.member] as string }));
  vesting.attribute(ctx, key, set.totalWeight, parts);
  if (step.done) payOut(ctx, key, settling, step.state);
  else setBook(ctx, book, step.state, { scoring });
}

/**
 * The settlement crank: each block settles a bounded piece of every round in SETTLE, and gives back a bounded
 * piece of every void market of shares.
 */
export function turnCrank(ctx: WriteCtx): void {
  const moves = movesPerBlock(ctx);
  for (const { gameId, roundId, phase } of rounds.runningRounds(ctx)) {
    const market = phase === Phase.PHASE_SETTLE ? markets.get(ctx, [gameId, roundId]) : undefined;
    if (!market || market.settled) continue;
    const settle = kindNamed(market.kind).trades === "shares" ? settleShares : settleOrders;
    settle(ctx, { gameId, roundId }, moves);
  }
  for (const [[gameId, roundId]] of [...refunding.all(ctx)]) refundShares(ctx, { gameId, roundId }, moves);
}
