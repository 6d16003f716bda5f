import { larger } from "#chain/math/bounds.ts";
import { lnDown } from "#chain/math/fixed.ts";
import { mulDiv, splitExact } from "#chain/math/mul-div.ts";
import { PREDICTION_ONE } from "#chain/protocol/predictions.ts";

const PPM = 1_000_000n;
/** 18-decimal units in a millionth. */
const WAD_PER_PPM = 10n ** 12n;

/** What is known of one counted item when models are scored. */
export interface Tally {
  /** The class that counts; in a scalar game the share of class 1 in millionths. */
  readonly label: number;
  readonly scalar: boolean;
  /** Not negative. */
  readonly weight: bigint;
  /** The model's probabilities of all classes in millionths, summing to 10⁶. */
  readonly predictionPpm: readonly bigint[];
  /**
   * −ln of the probability of the class that counts, in millionths of a nat, rounded up; of 10⁻⁶ at least.
   * Of a scalar y the cross-entropy −y·ln p₁ − (1−y)·ln p₀. Every round's table needs it, so it is worked
   * out once.
   */
  readonly lossMicronats: bigint;
}

/** −ln of a probability in 18-decimal units, rounded up; of 10⁻⁶ at least. */
const surprise = (ppm: bigint): bigint => -lnDown(larger(ppm, 1n) * WAD_PER_PPM);

function lossOf(predictionPpm: readonly bigint[], label: number, scalar: boolean): bigint {
  if (!scalar) return mulDiv(surprise(predictionPpm[label] ?? 0n), 1n, WAD_PER_PPM, "up");
  const [p0 = 0n, p1 = 0n] = predictionPpm;
  const share = BigInt(label);
  return mulDiv(share * surprise(p1) + (PPM - share) * surprise(p0), 1n, PPM * WAD_PER_PPM, "up");
}

/**
 * The counted items with their predictions in millionths (largest remainder of the 65535ths, ties to the
 * lower class).
 *
 * @param labels per item what counts, or undefined, which leaves the item out
 * @param predictions 65535ths, per item the classes 1…K−1
 * @throws RangeError when the lengths do not fit
 */
export function talliesOf(
  labels: readonly (number | undefined)[],
  predictions: ArrayLike<number>,
  weights: readonly bigint[],
  { classes, scalar = false }: { readonly classes: number; readonly scalar?: boolean },
): Tally[] {
  const wide = classes - 1;
  if (predictions.length !== labels.length * wide || weights.length !== labels.length)
    throw new RangeError("one weight and all predictions an item");
  const tallies: Tally[] = [];
  for (const [item, label] of labels.entries()) {
    if (label === undefined) continue;
    const given = Array.from({ length: wide }, (_, k) => BigInt(predictions[item * wide + k] as number));
    const rest = given.reduce((left, value) => left - value, PREDICTION_ONE);
    const predictionPpm = splitExact(PPM, [rest, ...given]);
    const lossMicronats = lossOf(predictionPpm, label, scalar);
    tallies.push({ label, scalar, weight: weights[item] as bigint, predictionPpm, lossMicronats });
  }
  return tallies;
}

/**
 * The probability of the class that counts, in millionths; of a scalar y 10⁶ − |p₁ − y|, which is the same
 * at its ends.
 */
export function labelPpm({ predictionPpm, label, scalar }: Tally): bigint {
  if (!scalar) return predictionPpm[label] ?? 0n;
  const off = (predictionPpm[1] ?? 0n) - BigInt(label);
  return PPM - larger(off, -off);
}

/** The class that counts; of a scalar the nearer end, from a half on class 1. */
export const labelClass = ({ label, scalar }: Tally): number => {
  if (!scalar) return label;
  return 2n * BigInt(label) >= PPM ? 1 : 0;
};

/** The most probable class, ties to the lower. */
export function topClass({ predictionPpm }: Tally): number {
  let top = 0;
  for (const [k, ppm] of predictionPpm.entries()) if (ppm > (predictionPpm[top] as bigint)) top = k;
  return top;
}

/** Σ p_k² in 10⁻¹². */
export const squares = ({ predictionPpm }: Tally): bigint =>
  predictionPpm.reduce((sum, ppm) => sum + ppm * ppm, 0n);
