import { floorDiv } from "#chain/math/mul-div.ts";
import { labelClass, labelPpm, squares, type Tally, topClass } from "./tallies.ts";

const PPM = 1_000_000n;

/** How good a model's predictions were, weighted means over the counted items. */
export interface Metrics {
  /** Share of items whose most probable class was right, in millionths. */
  readonly accuracyPpm: number;
  /** Mean of Σ_k (p_k − [k = y])², in millionths: 0…2·10⁶. */
  readonly brierPpm: number;
  /** Mean of −ln p_y, in millionths of a nat. */
  readonly logLossMicronats: bigint;
}

/** Σ_k (p_k − [k = y])² in 10⁻¹²; of a scalar y 2(p₁ − y)². */
export function brier(tally: Tally): bigint {
  const missed = PPM - labelPpm(tally);
  if (tally.scalar) return 2n * missed * missed;
  return squares(tally) - 2n * PPM * labelPpm(tally) + PPM * PPM;
}

/** Weighted sum over the tallies. */
export const weighted = (tallies: readonly Tally[], value: (tally: Tally) => bigint): bigint =>
  tallies.reduce((sum, tally) => sum + tally.weight * value(tally), 0n);

/** Sum of the weights. */
export const totalWeight = (tallies: readonly Tally[]): bigint => weighted(tallies, () => 1n);

/** Ten to the sixth where the most probable class is right, otherwise zero. */
export const hitPpm = (tally: Tally): bigint => (topClass(tally) === labelClass(tally) ? PPM : 0n);

/**
 * Accuracy, Brier score and log loss of predictions, as round tables show them; all zero when no item
 * counts or those that do have no weight. Means are rounded down.
 */
export function metrics(tallies: readonly Tally[]): Metrics {
  const total = totalWeight(tallies);
  if (total === 0n) return { accuracyPpm: 0, brierPpm: 0, logLossMicronats: 0n };
  return {
    accuracyPpm: Number(floorDiv(weighted(tallies, hitPpm), total)),
    brierPpm: Number(floorDiv(weighted(tallies, brier), total * PPM)),
    logLossMicronats: floorDiv(
      weighted(tallies, (tally) => tally.lossMicronats),
      total,
    ),
  };
}
