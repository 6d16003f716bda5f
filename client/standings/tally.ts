import { lnDown, WAD } from "#chain/math/fixed.ts";
import { PREDICTION_ONE } from "#chain/protocol/predictions.ts";
import type { StandingsRound } from "./round.ts";

/** Equal parts of 0…1 into which predictions are sorted. */
export const BINS = 10;

const ONE = Number(PREDICTION_ONE);
/** Millionths in one. */
export const PPM = 1_000_000n;
/** A prediction of 1 as tallies count it: a 65535th times a millionth is one unit. */
export const UNIT: bigint = PREDICTION_ONE * PPM;
/** Least probability that a loss is taken of, as on the chain: 10⁻⁶. */
const LEAST = WAD / PPM;

/** Predictions of one tenth, with what came of them; all sums are weighted. */
export interface BinTally {
  /** Items, not weighted. */
  readonly items: number;
  readonly weight: bigint;
  /** Σ of predictions in 65535ths. */
  readonly predicted: bigint;
  /** Σ of what came true, in millionths. */
  readonly actual: bigint;
}

/** One class against all others, weighted, over rounds whose labels are classes. */
export interface ClassTally {
  /** Weight of items whose label it is. */
  readonly actual: bigint;
  /** Weight of items on which it was the most probable class. */
  readonly predicted: bigint;
  /** Weight of items of which both hold. */
  readonly both: bigint;
}

/** Exact sums from which every measure follows. Tallies add up in any order. */
export interface Tally {
  /** Items with a label that counts and a weight, not weighted. */
  readonly items: number;
  readonly weight: bigint;
  /** Σ w·Brier in UNIT⁻². */
  readonly brier: bigint;
  /** Σ w·loss in 10⁻²⁴ nats. */
  readonly loss: bigint;
  /** Weight of items whose label is a class. */
  readonly classWeight: bigint;
  readonly classes: readonly ClassTally[];
  readonly bins: readonly BinTally[];
}

/** A cache of losses by prediction, which never change: at most 65,536. */
const losses = new Map<number, bigint>();

/** −ln of a prediction in 65535ths, 18 decimals, rounded up. */
function lossOf(prediction: number): bigint {
  const known = losses.get(prediction);
  if (known !== undefined) return known;
  const probability = (BigInt(prediction) * WAD) / PREDICTION_ONE;
  const loss = -lnDown(probability > LEAST ? probability : LEAST);
  losses.set(prediction, loss);
  return loss;
}

/** Probabilities of all classes of an item in 65535ths. */
function allClasses(predictions: Uint16Array, item: number, classes: number): number[] {
  const given = predictions.subarray(item * (classes - 1), (item + 1) * (classes - 1));
  return [given.reduce((left, value) => left - value, ONE), ...given];
}

/** The most probable class, ties to the lower. */
const topOf = (probabilities: readonly number[]): number =>
  probabilities.reduce((top, value, k) => (value > (probabilities[top] as number) ? k : top), 0);

/** Σ_k (p_k − y_k)² in UNIT⁻²; of two classes 2(p₁ − y)². */
function brierOf(probabilities: readonly number[], sharesPpm: readonly bigint[]): bigint {
  return probabilities.reduce((sum, value, k) => {
    const missed = BigInt(value) * PPM - (sharesPpm[k] as bigint) * PREDICTION_ONE;
    return sum + missed * missed;
  }, 0n);
}

const sharesOf = (label: number, scalar: boolean, classes: number): bigint[] =>
  scalar
    ? [PPM - BigInt(label), BigInt(label)]
    : Array.from({ length: classes }, (_, k) => (k === label ? PPM : 0n));

/** The tally of nothing. */
export const emptyTally = (classes: number): Tally => ({
  items: 0,
  weight: 0n,
  brier: 0n,
  loss: 0n,
  classWeight: 0n,
  classes: Array.from({ length: classes }, () => ({ actual: 0n, predicted: 0n, both: 0n })),
  bins: Array.from({ length: BINS }, () => ({ items: 0, weight: 0n, predicted: 0n, actual: 0n })),
});

/** Two tallies of the same number of classes together. */
export const sumOf = (a: Tally, b: Tally): Tally => ({
  items: a.items + b.items,
  weight: a.weight + b.weight,
  brier: a.brier + b.brier,
  loss: a.loss + b.loss,
  classWeight: a.classWeight + b.classWeight,
  classes: a.classes.map((mine, k) => {
    const theirs = b.classes[k] as ClassTally;
    return {
      actual: mine.actual + theirs.actual,
      predicted: mine.predicted + theirs.predicted,
      both: mine.both + theirs.both,
    };
  }),
  bins: a.bins.map((mine, i) => addToBin(mine, b.bins[i] as BinTally)),
});

const addToBin = (a: BinTally, b: BinTally): BinTally => ({
  items: a.items + b.items,
  weight: a.weight + b.weight,
  predicted: a.predicted + b.predicted,
  actual: a.actual + b.actual,
});

/** Each class's weights among the counted items; zeros of a scalar round. */
function classTallies(classes: number, hits: readonly (readonly [label: number, top: number, bigint])[]) {
  return Array.from({ length: classes }, (_, k): ClassTally => {
    let [actual, predicted, both] = [0n, 0n, 0n];
    for (const [label, top, weight] of hits) {
      if (label === k) actual += weight;
      if (top === k) predicted += weight;
      if (label === k && top === k) both += weight;
    }
    return { actual, predicted, both };
  });
}

/**
 * What predictions on a round's items came to.
 *
 * @param predictions 65535ths, per item the classes 1…K−1
 * @throws RangeError when the lengths do not fit
 */
export function tallyOf({ classes, scalar, items }: StandingsRound, predictions: Uint16Array): Tally {
  if (predictions.length !== items.length * (classes - 1)) throw new RangeError("all predictions an item");
  const none = emptyTally(classes);
  const bins = [...none.bins];
  const hits: (readonly [number, number, bigint])[] = [];
  let [count, all, brier, loss] = [0, 0n, 0n, 0n];
  for (const [item, { label, weight }] of items.entries()) {
    if (label === undefined || weight === 0n) continue;
    const p = allClasses(predictions, item, classes);
    const shares = sharesOf(label, scalar, classes);
    const top = topOf(p);
    count += 1;
    all += weight;
    brier += weight * brierOf(p, shares);
    for (const [k, share] of shares.entries())
      if (share > 0n) loss += weight * share * lossOf(p[k] as number);
    if (!scalar) hits.push([label, top, weight]);
    // Of two classes the probability of class 1, of more that of the most probable one.
    const shown = classes === 2 ? 1 : top;
    const said = p[shown] as number;
    const bin = Math.min(BINS - 1, Math.floor((said * BINS) / ONE));
    const sums = {
      items: 1,
      weight,
      predicted: weight * BigInt(said),
      actual: weight * (shares[shown] as bigint),
    };
    bins[bin] = addToBin(bins[bin] as BinTally, sums);
  }
  const classWeight = scalar ? 0n : all;
  return { items: count, weight: all, brier, loss, classWeight, classes: classTallies(classes, hits), bins };
}
