import assert from "node:assert/strict";
import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ChainError } from "#chain/kernel/error.ts";
import { lmsrCost, lmsrPrices } from "#chain/math/lmsr.ts";
import { decodePredictions } from "#chain/protocol/predictions.ts";
import * as elections from "#modules/elections/api.ts";
import { bookOf } from "#modules/markets/book.ts";
import type { Evaluation, Holding, RevealedSet } from "#modules/markets/kind.ts";
import type { AnyOrderKind } from "#modules/markets/kinds.ts";
import { lmsr } from "#modules/markets/lmsr/kind.ts";
import type { State as Shares } from "#modules/markets/lmsr/state.ts";
import type { Params } from "#modules/markets/model-lmsr/params.ts";
import type { State as Model } from "#modules/markets/model-lmsr/state.ts";
import type { Book, Position } from "#modules/markets/order-state.ts";
import { ordersOf, outcomeOf } from "#modules/markets/reads.ts";
import { revealed } from "#modules/markets/revealed.ts";
import { holdingOf } from "#modules/markets/trade.ts";
import type { Order, Outcome } from "#proto/gen/iterum/markets.ts";
import type { Round } from "#proto/gen/iterum/rounds.ts";
import type { Random } from "#test/kit/game/random.ts";

const WHOLE = 65_535;
/** One percent of 65535, rounded up: the clip of every game here. */
const LEAST = 656;
const WAD = 10n ** 18n;
const PPM = 1_000_000n;

/** The state of a market of orders, of either kind; a wager has no crank. */
type Orders = Book<Params> & Pick<Model, "crank">;

/** Everything that the settlement of a round of orders follows from. */
interface Settlement {
  readonly kind: AnyOrderKind;
  readonly state: Orders;
  readonly set: RevealedSet;
  readonly evaluations: ReadonlyMap<string, Evaluation>;
}

const sum = (values: Iterable<bigint>): bigint => [...values].reduce((all, value) => all + value, 0n);

/** What each order wins when the market is settled again from its close, so many moves at a time. */
function gainsOf({ kind, state, set, evaluations }: Settlement, budget: number): Map<string, bigint> {
  const positions = state.positions.map((each) => ({ ...each, gain: 0n }));
  let next: unknown = { ...state, phase: "closed", positions, crank: undefined } satisfies Orders;
  for (let done = false; !done; ) {
    const step = kind.step(next, set, (operator) => evaluations.get(operator) as Evaluation, budget);
    done = step.done;
    next = step.state;
  }
  return new Map((next as Orders).positions.map(({ operator, gain }) => [operator, gain]));
}

/** The same settlement with the items the other way round. */
function reversed({ set, evaluations, ...rest }: Settlement): Settlement {
  const { weights, labels, members } = set;
  const other = [...evaluations].map(([operator, { predictions, scorePpm }]) => {
    const found = { predictions: Array.from(predictions).reverse(), scorePpm };
    return [operator, found] as const;
  });
  const lists = {
    weights: weights.toReversed(),
    labels: labels.toReversed(),
    members: members.toReversed(),
  };
  return { ...rest, set: { ...set, ...lists }, evaluations: new Map(other) };
}

/** The evaluation of a model that is closer to the truth on every item. */
function better({ labels }: RevealedSet, { predictions, scorePpm }: Evaluation): Evaluation {
  const closer = Array.from(predictions, (value, item) => {
    const label = labels[item];
    if (label === 1) return value + ((WHOLE - LEAST - value) >> 1);
    return label === 0 ? value - ((value - LEAST) >> 1) : value;
  });
  return { predictions: closer, scorePpm: Math.min(1_000_000, scorePpm + 1_000) };
}

/** I8: alone in the market, the better model earns no less. */
function reviewSkill(settlement: Settlement, position: Position): void {
  const { operator } = position;
  const own = settlement.evaluations.get(operator) as Evaluation;
  const alone = { ...settlement, state: { ...settlement.state, positions: [position] } };
  const gain = (evaluation: Evaluation): bigint =>
    gainsOf({ ...alone, evaluations: new Map([[operator, evaluation]]) }, 1_000_000).get(operator) as bigint;
  assert.ok(gain(better(settlement.set, own)) >= gain(own), "I8 a better model earns no less");
}

/** What holds of a settled round of orders, and of its settlement made again in another way. */
function reviewOrders(settlement: Settlement, outcome: Outcome, random: Random): void {
  const { positions, subsidy, crank } = settlement.state;
  for (const { gain, deposit } of positions) assert.ok(gain >= -deposit, "I3 an order loses at most d");
  const gained = sum(positions.map(({ gain }) => gain));
  assert.equal(outcome.payouts - outcome.deposits, gained, "I4 payouts are deposits and gains");
  assert.equal(outcome.returned, subsidy - gained, "I4 what operators gain the community pays");
  if (crank) assert.equal(crank.potential - crank.potentialStart, gained, "I4 gains telescope");
  const again = gainsOf(reversed(settlement), random.pick([1, 7, 1_000_000]));
  for (const { operator, gain } of positions)
    assert.equal(again.get(operator), gain, "I7, I12 neither the items' order nor the budget changes a gain");
  const live = positions.filter(({ isForfeited }) => !isForfeited);
  if (live.length > 0 && random.chance(0.25)) reviewSkill(settlement, random.pick(live));
}

/** What holds of a settled round of shares, and of its redemption in the other order. */
function reviewShares(state: Shares, rows: readonly Order[], outcome: Outcome): void {
  const holdings = rows.map((row) => ({ ...holdingOf(row), payout: row.payout }));
  const total = (amount: (each: Holding) => bigint): bigint => sum(holdings.map(amount));
  let closed: Shares = {
    ...state,
    ...{ phase: "closed", paidOut: 0n, holders: holdings.length, credits: total(({ credit }) => credit) },
    shares: state.shares.map((_, k) => total(({ shares }) => shares[k] ?? 0n)),
  };
  for (const holding of holdings.toReversed()) {
    const { state: next, amount } = lmsr.redeem(closed, holding);
    assert.equal(amount, holding.payout, "I7 the order of holders changes no payout");
    assert.ok(amount >= 0n, "I3 a holder loses at most what it paid");
    const worth = sum(holding.shares.map((held, k) => held * BigInt(state.outcomesPpm[k] ?? 0)));
    assert.ok((amount - holding.credit) * PPM <= worth, "I6 rounding never pays the holder");
    closed = next;
  }
  const won = outcome.payouts - outcome.deposits;
  const fees = total((each) => each.fees);
  assert.equal(outcome.returned, state.subsidy - won - fees, "I4 what holders gain the community pays");
}

/** Whoever traded must not have chosen what was traded on. */
function reviewSeats(ctx: ReadCtx, round: Round, rows: readonly Order[]): void {
  const traders = new Set(rows.map(({ operator }) => operator));
  for (const { member } of elections.seatsOf(ctx, round))
    assert.ok(!traders.has(member), "nobody has a seat in a round in which it trades");
}

/** Fails unless a round whose market has just been settled holds what the design says. */
export function reviewSettled(ctx: ReadCtx, round: Round, random: Random): void {
  const { market, kind, state } = bookOf(ctx, round);
  const outcome = outcomeOf(ctx, round);
  const rows = ordersOf(ctx, round);
  assert.deepEqual([market.vault, market.committeePay], [0n, 0n], "I2 nothing stays behind");
  assert.ok(outcome.returned >= 0n, "I3, I5 the community loses at most S; the residual is not negative");
  reviewSeats(ctx, round, rows);
  if (rows.length === 0) assert.equal(outcome.returned, market.subsidy, "I9 no trade, no cost");
  if (kind.trades === "shares") {
    reviewShares(state as Shares, rows, outcome);
    return;
  }
  const { set } = revealed(ctx, round);
  const scores = new Map(outcome.results.map(({ operator, scorePpm }) => [operator, scorePpm]));
  const evaluations = rows.map(({ operator, predictions }) => {
    const found = { predictions: decodePredictions(predictions), scorePpm: scores.get(operator) ?? 0 };
    return [operator, found] as const;
  });
  const priorScorePpm = outcome.priorScorePpm;
  const settlement = { set: { ...set, priorScorePpm }, evaluations: new Map(evaluations) };
  reviewOrders({ ...settlement, kind, state: state as Orders }, outcome, random);
}

/** Fails unless a void round's market has given everything back that nobody forfeited. */
export function reviewVoid(ctx: ReadCtx, round: Round): void {
  const { market } = bookOf(ctx, round);
  assert.ok(market.settled, "I9 a void market ends");
  assert.deepEqual([market.vault, market.committeePay], [0n, 0n], "I9 a void market keeps nothing");
}

/** Fails unless the prices of an open market of shares hold what the design says. */
export function reviewPrices(ctx: ReadCtx, round: Round, random: Random): void {
  const { market, state: unknown } = bookOf(ctx, round);
  const state = unknown as Shares;
  const { shares, params } = state;
  const cost = lmsrCost(shares, params.liquidity);
  assert.equal(market.vault, cost + state.credits + state.fees, "I1 the vault is the cost, credits and fees");
  for (const each of shares) assert.ok(cost >= each, "I1 the vault covers the dearest outcome");
  const by = BigInt(random.int(1_000_000_000)) - 500_000_000n;
  const shifted = shares.map((each) => each + by);
  assert.equal(lmsrCost(shifted, params.liquidity), cost + by, "I11 a shift of all costs itself");
  const prices = lmsrPrices(shares, params.liquidity);
  assert.deepEqual(lmsrPrices(shifted, params.liquidity), prices, "I11 a shift of all changes no price");
  const missing = WAD - sum(prices);
  assert.ok(missing >= 0n && missing <= BigInt(prices.length), "I11 prices sum to one");
  reviewRoundTrip(state, random);
}

/** I6: who buys and sells the same again has lost exactly the fees, and the prices are where they were. */
function reviewRoundTrip(state: Shares, random: Random): void {
  const wanted = { outcome: random.int(2), shares: BigInt(1 + random.int(1_000_000_000)), limitPpm: 0 };
  try {
    const bought = lmsr.trade(state, undefined, { ...wanted, isSale: false });
    const sold = lmsr.trade(bought.state, bought.holding, { ...wanted, isSale: true });
    assert.equal(sold.holding.credit + sold.holding.fees, bought.paid, "I6 a round trip costs the fees");
    assert.deepEqual(sold.state.shares, state.shares, "I6 a round trip moves no price");
  } catch (error) {
    // As many hold shares as may, or the outcome is as dear as it can be.
    if (!(error instanceof ChainError)) throw error;
  }
}
