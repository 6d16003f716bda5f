import assert from "node:assert/strict";
import { test } from "node:test";
import { priorPredictions } from "#chain/protocol/predictions.ts";
import { correlationOf, equalShareOf, momentsOf } from "#client/standings/likeness.ts";
import { qualityOf } from "#client/standings/quality.ts";
import { entryOf, type StandingsRound } from "#client/standings/round.ts";
import { tallyOf } from "#client/standings/tally.ts";
import { Order, OrderStatus } from "#proto/gen/iterum/markets.ts";

const near = (found: number | undefined, meant: number, what = ""): void =>
  assert.ok(found !== undefined && Math.abs(found - meant) < 1e-12, `${what} ${found} for ${meant}`);

/** Fifths, which 65535 has exactly. */
const fifths = (...values: readonly number[]): Uint16Array =>
  Uint16Array.from(values, (each) => each * 13_107);

const roundOf = (
  labels: readonly (number | undefined)[],
  change: Partial<StandingsRound> = {},
): StandingsRound => ({
  roundId: 1n,
  classes: 2,
  scalar: false,
  priorPpm: [500_000, 500_000],
  items: labels.map((label) => ({ label, weight: 7n })),
  entries: [],
  ...change,
});

// Five messages said to be spam with .8 .2 .6 .4 .6; spam are the first and the last two.
const spam = roundOf([1, 0, 0, 1, 1]);
const said = fifths(4, 1, 3, 2, 3);

test("two classes give the measures that a hand computes", () => {
  const { items, accuracy, brier, logLoss, f1, macroF1, calibration, ece } = qualityOf(tallyOf(spam, said));
  assert.equal(items, 5);
  near(accuracy, 3 / 5);
  // 2(p − y)²: .08 .08 .72 .72 .32
  near(brier, 1.92 / 5);
  near(logLoss, -Math.log(0.8 * 0.8 * 0.4 * 0.4 * 0.6) / 5);
  // Spam: three predicted, three actual, two of them both. Ham: two, two, one.
  near(f1[1], 2 / 3);
  near(f1[0], 1 / 2);
  near(macroF1, 7 / 12);
  const filled = calibration.filter(({ items: count }) => count > 0);
  assert.deepEqual(
    filled.map(({ from, items: count }) => [from, count]),
    [
      [0.2, 1],
      [0.4, 1],
      [0.6, 2],
      [0.8, 1],
    ],
  );
  for (const [i, [prediction, frequency]] of [
    [0.2, 0] as const,
    [0.4, 1] as const,
    [0.6, 0.5] as const,
  ].entries()) {
    near(filled[i]?.prediction, prediction);
    near(filled[i]?.frequency, frequency);
  }
  // Gaps .2 .6 .1 .1 .2 of five items.
  near(ece, 1.2 / 5);
});

test("three classes are calibrated by the most probable one, and a class that never was has no F1", () => {
  const round = roundOf([2, 1], { classes: 3 });
  const { accuracy, brier, logLoss, f1, macroF1, calibration, ece } = qualityOf(
    tallyOf(round, fifths(1, 3, 2, 0)),
  );
  near(accuracy, 1 / 2);
  // (.2 .2 .6) of class 2, (.6 .4 0) of class 1.
  near(brier, (0.24 + 0.72) / 2);
  near(logLoss, -Math.log(0.6 * 0.4) / 2);
  assert.deepEqual(f1, [0, 0, 1]);
  near(macroF1, 1 / 3);
  assert.deepEqual([calibration[6]?.items, calibration[6]?.frequency], [2, 0.5]);
  near(ece, 0.1);
  const right = qualityOf(tallyOf(roundOf([2], { classes: 3 }), fifths(0, 5)));
  assert.deepEqual(
    [right.f1, right.macroF1, right.brier, right.logLoss],
    [[undefined, undefined, 1], 1, 0, 0],
  );
  assert.equal(right.calibration[9]?.items, 1);
});

test("numbers have Brier score, loss and calibration against the number, and no classes", () => {
  const round = roundOf([400_000], { scalar: true });
  const { accuracy, brier, logLoss, f1, macroF1, calibration, ece } = qualityOf(tallyOf(round, fifths(3)));
  assert.deepEqual([accuracy, f1, macroF1], [undefined, [undefined, undefined], undefined]);
  near(brier, 0.08);
  near(logLoss, -0.4 * Math.log(0.6) - 0.6 * Math.log(0.4));
  near(calibration[6]?.prediction, 0.6);
  near(calibration[6]?.frequency, 0.4);
  near(ece, 0.2);
});

test("items without a label that counts, or without weight, change nothing", () => {
  const more = [...spam.items, { label: undefined, weight: 7n }, { label: 1, weight: 0n }];
  const tally = tallyOf({ ...spam, items: more }, Uint16Array.of(...said, 0, 0));
  assert.deepEqual(tally, tallyOf(spam, said));
  const none = qualityOf(tallyOf(roundOf([undefined]), fifths(1)));
  assert.deepEqual(
    [none.items, none.accuracy, none.brier, none.logLoss, none.ece],
    [0, ...[undefined, undefined, undefined, undefined]],
  );
});

test("items count by their weights, and a certain error costs as much as the chain says", () => {
  const items = [
    { label: 1, weight: 3n },
    { label: 1, weight: 1n },
  ];
  const { accuracy, logLoss } = qualityOf(tallyOf({ ...spam, items }, fifths(5, 0)));
  near(accuracy, 3 / 4);
  near(logLoss, -Math.log(1e-6) / 4);
  assert.throws(() => tallyOf(spam, fifths(1)), RangeError);
});

test("the prior is predicted by largest remainder", () => {
  assert.deepEqual([...priorPredictions([750_000, 250_000], 2)], [16_384, 16_384]);
  assert.deepEqual([...priorPredictions([200_000, 200_000, 600_000], 1)], [13_107, 39_321]);
});

test("correlations are those that a hand computes", () => {
  const of = (...[x, y]: readonly [readonly number[], readonly number[]]) =>
    momentsOf(Uint16Array.from(x), Uint16Array.from(y));
  assert.equal(correlationOf(of([1, 2, 3], [2, 4, 6])), 1);
  assert.equal(correlationOf(of([1, 2, 3], [3, 2, 1])), -1);
  near(correlationOf(of([1, 2, 3], [1, 3, 2])), 0.5);
  near(equalShareOf(of([1, 2, 3], [1, 3, 2])), 1 / 3);
  assert.equal(correlationOf(of([1, 2, 3], [2, 2, 2])), undefined);
  assert.equal(equalShareOf(of([], [])), 0);
  assert.throws(() => of([1], [1, 2]), RangeError);
});

test("an order's profit is what its operator has more afterwards", () => {
  const facts = { modelId: "ab", registeredHeight: 3n, operatorBond: 50n };
  const of = (change: Partial<Order>) =>
    entryOf({ ...Order.zero(), operator: "olga", bound: 400n, fee: 2n, deposit: 300n, ...change }, facts);
  const predictions = Uint8Array.of(1, 2);
  const settled = of({ status: OrderStatus.ORDER_STATUS_SETTLED, payout: 460n, predictions });
  assert.deepEqual(settled, {
    ...{ operator: "olga", modelId: "ab", registeredHeight: 3n, profit: 58n, isForfeit: false },
    predictions: Uint16Array.of(258),
  });
  const unopened = of({ status: OrderStatus.ORDER_STATUS_FORFEITED });
  assert.deepEqual([unopened?.profit, unopened?.isForfeit], [-402n, true]);
  // Whose proof is missing has lost the bond, and its predictions are nobody's.
  const unproven = of({ status: OrderStatus.ORDER_STATUS_FORFEITED, predictions });
  assert.deepEqual([unproven?.profit, unproven?.predictions], [-452n, undefined]);
  assert.equal(of({ status: OrderStatus.ORDER_STATUS_REFUNDED }), undefined);
  // Of shares the fee is part of what came out of the purse.
  const holder = of({ status: OrderStatus.ORDER_STATUS_SETTLED, payout: 460n, shares: [0n, 5n] });
  assert.deepEqual([holder?.profit, holder?.predictions], [60n, undefined]);
});
