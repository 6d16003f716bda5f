import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { assert } from "#chain/kernel/error.ts";
import { larger } from "#chain/math/bounds.ts";
import { mulDiv } from "#chain/math/mul-div.ts";
import { decodePredictions } from "#chain/protocol/predictions.ts";
import * as commitments from "#modules/commitments/api.ts";
import * as rewards from "#modules/rewards/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import { type Order, OrderStatus } from "#proto/gen/iterum/markets.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { ordersOf } from "./api.ts";
import { type Book, bookOf, giveBack, pay, setBook, setOrder } from "./book.ts";
import { orderEnded, settled } from "./events.ts";
import type { Distribution, Evaluation, RevealedSet } from "./kind.ts";
import { recordOutcome } from "./outcome.ts";
import { markets, rules } from "./state.ts";

/** Item-moves that one block may settle, over all games (design: game.md §4). */
const CRANK_MOVES_PER_BLOCK = 8_000n;

/**
 * Item-moves of a block that a game may count on. Every game has the same part, so that none waits for
 * another and each is settled by a height that its own size gives.
 */
export function movesPerBlock(ctx: ReadCtx): number {
  let games = 0n;
  for (const _ of rules.all(ctx)) games += 1n;
  return Number(larger(mulDiv(CRANK_MOVES_PER_BLOCK, 1n, larger(games, 1n), "down"), 1n));
}

/**
 * How each item counts, or undefined: the reward function decides, and copies of one content whose labels
 * differ count for nothing.
 */
function countedItems(ctx: ReadCtx, key: rounds.RoundKey): (rewards.CountedItem | undefined)[] {
  const authors = commitments.authorLabels(ctx, key);
  const panels = commitments.panelLabels(ctx, key);
  const count = rewards.countLabels(ctx, key);
  const names = commitments.contentNames(ctx, key);
  const seen = new Map<string, number>();
  const disputed = new Set<string>();
  for (const [i, name] of names.entries()) {
    const label = authors[i];
    if (label === undefined) continue;
    if ((seen.get(name) ?? label) !== label) disputed.add(name);
    seen.set(name, label);
  }
  return authors.map((author, i) =>
    disputed.has(names[i] as string) ? undefined : count({ author, panel: panels[i] ?? [] }),
  );
}

/** The round's items as the market kinds see them. */
function revealedSet(ctx: ReadCtx, key: rounds.RoundKey): RevealedSet {
  const { items, totalWeight } = commitments.itemList(ctx, key);
  const numbers = new Map<string, number>();
  for (const { member } of items) if (!numbers.has(member)) numbers.set(member, numbers.size);
  return {
    weights: items.map(({ weight }) => weight),
    totalWeight,
    labels: countedItems(ctx, key).map((item) => item?.label),
    members: items.map(({ member }) => numbers.get(member) as number),
  };
}

const live = (ctx: ReadCtx, key: rounds.RoundKey): Order[] =>
  ordersOf(ctx, key).filter(({ status }) => status === OrderStatus.ORDER_STATUS_PREDICTED);

function payOrders(ctx: WriteCtx, key: rounds.RoundKey, orders: readonly Order[], paid: Distribution): void {
  const amounts = new Map(paid.payouts.map(({ operator, amount }) => [operator, amount]));
  for (const order of orders) {
    const amount = amounts.get(order.operator);
    assert(amount !== undefined, "a live order without its payout");
    pay(ctx, key, order.operator, amount + order.bond);
    setOrder(ctx, key, { ...order, bond: 0n, status: OrderStatus.ORDER_STATUS_SETTLED });
    const { operator } = order;
    orderEnded(ctx, { ...key, operator, status: "SETTLED", paid: amount + order.bond, reason: "" });
  }
}

/** Pays each member what it has earned; what is left of the committee's pay is for the treasury. */
function payCommittee(ctx: WriteCtx, key: rounds.RoundKey, locked: bigint): bigint {
  let paid = 0n;
  for (const { member, amount } of commitments.committeePay(ctx, key)) {
    pay(ctx, key, member, amount);
    paid += amount;
  }
  giveBack(ctx, key, locked - paid, "committee pay not earned");
  return paid;
}

function payOut(
  ctx: WriteCtx,
  key: rounds.RoundKey,
  book: Book,
  settledState: unknown,
  set: RevealedSet,
): void {
  const { state, distribution } = book.kind.payouts(settledState);
  const orders = live(ctx, key);
  payOrders(ctx, key, orders, distribution);
  giveBack(ctx, key, distribution.residual, "residual of the subsidy");
  giveBack(ctx, key, distribution.fees + distribution.forfeits, "fees and forfeits");
  const committeePaid = payCommittee(ctx, key, book.market.committeePay);
  const payouts = recordOutcome(ctx, key, {
    book,
    set,
    counted: countedItems(ctx, key),
    orders,
    distribution,
    committeePaid,
  });
  setBook(ctx, book, state, { vault: 0n, committeePay: 0n, settled: true });
  settled(ctx, { ...key, payouts, returned: distribution.residual });
  rounds.finishRound(ctx, key);
}

function evaluationsOf(orders: readonly Order[]): (operator: string) => Evaluation {
  const found = new Map(
    orders.map(({ operator, predictions }) => [operator, decodePredictions(predictions)]),
  );
  return (operator) => {
    const predictions = found.get(operator);
    assert(predictions, "an evaluation of an order that is not live");
    return { predictions };
  };
}

/** Settles the next piece of a round and pays it out with the last one. */
function settleRound(ctx: WriteCtx, key: rounds.RoundKey, moves: number): void {
  const book = bookOf(ctx, key);
  const set = revealedSet(ctx, key);
  const step = book.kind.step(book.state, set, evaluationsOf(live(ctx, key)), moves);
  if (step.done) payOut(ctx, key, book, step.state, set);
  else setBook(ctx, book, step.state);
}

/** The settlement crank: each block settles a bounded piece of every round in SETTLE. */
export function turnCrank(ctx: WriteCtx): void {
  const moves = movesPerBlock(ctx);
  for (const { gameId, roundId, phase } of rounds.runningRounds(ctx)) {
    if (phase !== Phase.PHASE_SETTLE || markets.get(ctx, [gameId, roundId])?.settled) continue;
    settleRound(ctx, { gameId, roundId }, moves);
  }
}
