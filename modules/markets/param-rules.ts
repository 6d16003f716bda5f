import { ensure } from "#chain/kernel/error.ts";
import { mulDiv } from "#chain/math/mul-div.ts";
import { waterFill } from "#chain/math/simplex.ts";
import { CLASSES_MAX } from "#chain/math/transform.ts";
import { kindErrors } from "./kind-errors.ts";

/** One, in millionths. */
export const PPM = 1_000_000n;

/** Least size of a market (b or the house's stake), base units. */
export const SIZE_MIN: bigint = 10n ** 6n;
const SIZE_MAX = 10n ** 15n;
const PRIOR_MIN_PPM = 50_000n;
const FEE_MAX_PPM = 50_000;

/** A whole number in a range. */
export const isWhole = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most;

/** Throws ParamsRefused with the rule that is not met. */
export const demand = (isMet: boolean, rule: string): void =>
  ensure(isMet, kindErrors.ParamsRefused, { rule });

/** Refuses what no kind allows: 2 ≤ K ≤ 16, a size outside 10⁶…10¹⁵ base units, a fee above 5 %. */
export function checkCommon(classes: number, size: bigint, feePpm: number): void {
  demand(isWhole(classes, 2, CLASSES_MAX), "2 ≤ classes ≤ 16");
  demand(size >= SIZE_MIN && size <= SIZE_MAX, "10⁶ ≤ liquidity ≤ 10¹⁵");
  demand(isWhole(feePpm, 0, FEE_MAX_PPM), "fee ≤ 5 %");
}

/** Refuses a prior unless it gives each of the classes at least 5 % and sums to 10⁶. */
export function checkPrior(priorPpm: readonly number[], classes: number): void {
  demand(priorPpm.length === classes, "a prior for every class");
  demand(
    priorPpm.every((entry) => isWhole(entry, Number(PRIOR_MIN_PPM), Number(PPM))),
    "prior ≥ 5 %",
  );
  demand(priorPpm.reduce((sum, entry) => sum + entry, 0) === Number(PPM), "the prior sums to one");
}

/**
 * Class frequencies as a prior in millionths that sums to 10⁶: in proportion, but every entry ≥ 5 %; uniform
 * where nothing was counted.
 */
export function priorFromFrequencies(frequencies: readonly bigint[]): number[] {
  const counted = frequencies.some((frequency) => frequency > 0n) ? frequencies : frequencies.map(() => 1n);
  const floors = counted.map(() => PRIOR_MIN_PPM);
  return waterFill(counted, floors, PPM).map(Number);
}

/** ⌈feePpm·amount⌉: what a lock or a trade of an amount costs. */
export const feeOn = (feePpm: number, amount: bigint): bigint => mulDiv(BigInt(feePpm), amount, PPM, "up");
