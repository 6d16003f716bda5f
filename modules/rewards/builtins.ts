import { smaller } from "#chain/math/bounds.ts";
import { floorDiv } from "#chain/math/mul-div.ts";
import { sqrtFloor } from "./ir/sqrt.ts";
import { brier, hitPpm, totalWeight, weighted } from "./metrics.ts";
import { labelClass, type Tally, topClass } from "./tallies.ts";

const PPM = 1_000_000n;
const HALF = 500_000n;

/** ⌈10⁶·ln 1000⌉: the loss, in millionths of a nat, of the least clip that a game may have (0.1 %). */
export const LOSS_MAX_MICRONATS = 6_907_756n;

/** Twice 10¹²: the Brier score of certainty in a wrong class. */
const BRIER_MAX = 2n * PPM * PPM;

/** Weighted mean of a value that is at most `most`, mapped to 0…10⁶ and rounded down; 0 for no weight. */
function meanPpm(tallies: readonly Tally[], most: bigint, value: (tally: Tally) => bigint): bigint {
  const total = totalWeight(tallies);
  return total === 0n ? 0n : floorDiv(weighted(tallies, value) * PPM, total * most);
}

/** Weights of the items of which class 1 is the label, is predicted, and both. */
function positives(tallies: readonly Tally[]): { actual: bigint; predicted: bigint; both: bigint } {
  const isActual = (tally: Tally): bigint => (labelClass(tally) === 1 ? 1n : 0n);
  const isPredicted = (tally: Tally): bigint => (topClass(tally) === 1 ? 1n : 0n);
  return {
    actual: weighted(tallies, isActual),
    predicted: weighted(tallies, isPredicted),
    both: weighted(tallies, (tally) => isActual(tally) * isPredicted(tally)),
  };
}

/** F1 of class 1: ⌊10⁶ · 2·both / (actual + predicted)⌋; 0 where class 1 neither is nor is predicted. */
function f1Ppm(tallies: readonly Tally[]): bigint {
  const { actual, predicted, both } = positives(tallies);
  return actual + predicted === 0n ? 0n : floorDiv(2n * PPM * both, actual + predicted);
}

/** Shares of the weight are taken in these parts, so that products of four of them are in range. */
const MCC_ONE = 10n ** 9n;

/**
 * Matthews correlation of class 1 with being predicted, −1…1 mapped to 0…10⁶; half of that where a class is
 * missing or never predicted, so that there is none.
 */
function mccPpm(tallies: readonly Tally[]): bigint {
  const total = totalWeight(tallies);
  if (total === 0n) return HALF;
  const { actual, predicted, both } = positives(tallies);
  const [a, p, b] = [actual, predicted, both].map((weight) => floorDiv(weight * MCC_ONE, total)) as [
    bigint,
    bigint,
    bigint,
  ];
  const spread = sqrtFloor(a * (MCC_ONE - a) * p * (MCC_ONE - p));
  if (spread === 0n) return HALF;
  // The rounded shares are those of some set of items, so that the correlation is within −1…1.
  return floorDiv(PPM * (b * MCC_ONE - a * p + spread), 2n * spread);
}

/** Score of each built-in, 0…10⁶, higher is better. */
const SCORES: ReadonlyMap<string, (tallies: readonly Tally[]) => bigint> = new Map([
  /** Share of items whose most probable class is the label. */
  ["accuracy/1", (tallies: readonly Tally[]) => meanPpm(tallies, PPM, hitPpm)],
  /** 1 − Brier/2. */
  [
    "brier/1",
    (tallies: readonly Tally[]) => meanPpm(tallies, BRIER_MAX, (tally) => BRIER_MAX - brier(tally)),
  ],
  /** 1 − loss/ln 1000, the loss of an item cut at ln 1000. */
  [
    "logloss/1",
    (tallies: readonly Tally[]) =>
      meanPpm(
        tallies,
        LOSS_MAX_MICRONATS,
        (tally) => LOSS_MAX_MICRONATS - smaller(tally.lossMicronats, LOSS_MAX_MICRONATS),
      ),
  ],
  ["f1/1", f1Ppm],
  ["mcc/1", mccPpm],
]);

/** The versioned ids of the built-in scores. */
export const builtinIds: readonly string[] = [...SCORES.keys()];

/**
 * The score 0…10⁶ of a built-in; where nothing counts 0, of mcc/1 a half. Throws a RangeError on an id that
 * is none.
 */
export function builtinScore(builtinId: string, tallies: readonly Tally[]): bigint {
  const score = SCORES.get(builtinId);
  if (!score) throw new RangeError(`no such reward function: ${builtinId}`);
  return score(tallies);
}
