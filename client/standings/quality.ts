import { PREDICTION_ONE } from "#chain/protocol/predictions.ts";
import { BINS, type BinTally, type ClassTally, PPM, type Tally, UNIT } from "./tally.ts";

/** A tenth of the probabilities: what was said on average, and how often it came true. */
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly items: number;
  /** Undefined where there is no item. */
  readonly prediction: number | undefined;
  readonly frequency: number | undefined;
}

/** How good predictions were. What no item defines is undefined. Formulas and sources: docs/standings.md. */
export interface Quality {
  readonly items: number;
  /** Of items whose labels are classes. */
  readonly accuracy: number | undefined;
  /** 0…2. */
  readonly brier: number | undefined;
  /** Nats. */
  readonly logLoss: number | undefined;
  /** Of each class; undefined of one that neither is nor was predicted. */
  readonly f1: readonly (number | undefined)[];
  readonly macroF1: number | undefined;
  readonly calibration: readonly Bin[];
  /** Expected calibration error. */
  readonly ece: number | undefined;
}

/** Binary places to which a quotient is cut off before it becomes a double. */
const SHIFT = 64n;

/** a / b as a double, the same on every machine; undefined for b = 0. Neither is negative. */
export function ratio(a: bigint, b: bigint): number | undefined {
  return b === 0n ? undefined : Number((a << SHIFT) / b) / 2 ** Number(SHIFT);
}

const f1Of = ({ actual, predicted, both }: ClassTally): number | undefined =>
  ratio(2n * both, actual + predicted);

function meanOf(values: readonly (number | undefined)[]): number | undefined {
  const defined = values.filter((value) => value !== undefined);
  return defined.length === 0 ? undefined : defined.reduce((sum, value) => sum + value, 0) / defined.length;
}

/** Σ over the bins of |Σ w·p − Σ w·y|, in UNIT⁻¹. */
const gaps = (bins: readonly BinTally[]): bigint =>
  bins.reduce((sum, { predicted, actual }) => {
    const gap = predicted * PPM - actual * PREDICTION_ONE;
    return sum + (gap < 0n ? -gap : gap);
  }, 0n);

/** Every measure of a tally. */
export function qualityOf({ items, weight, brier, loss, classWeight, classes, bins }: Tally): Quality {
  const f1 = classes.map(f1Of);
  return {
    items,
    accuracy: ratio(
      classes.reduce((sum, { both }) => sum + both, 0n),
      classWeight,
    ),
    brier: ratio(brier, weight * UNIT * UNIT),
    logLoss: ratio(loss, weight * 10n ** 24n),
    f1,
    macroF1: meanOf(f1),
    calibration: bins.map((bin, i) => ({
      from: i / BINS,
      to: (i + 1) / BINS,
      items: bin.items,
      prediction: ratio(bin.predicted, bin.weight * PREDICTION_ONE),
      frequency: ratio(bin.actual, bin.weight * PPM),
    })),
    ece: ratio(gaps(bins), weight * UNIT),
  };
}
