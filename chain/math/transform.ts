import { clamp } from "./bounds.ts";
import { DomainError } from "./error.ts";
import { expDown, WAD } from "./fixed.ts";
import { floorDiv, mulDiv, splitExact } from "./mul-div.ts";
import { waterFill } from "./simplex.ts";

/** Probability one of a prediction. */
const ONE = 65_535n;

/** Most classes of a game. */
export const CLASSES_MAX = 16;

/** The probability of a class beyond ±64 is 0 or 1 in 18 decimals, so logits saturate there. */
const LOGIT_MAX = 64n * WAD;

/** Fractional bits of a circuit's outputs are at most these. */
const SCALE_BITS_MAX = 64;

interface Transform {
  /** Outputs of the circuit for one item. */
  outputs(classes: number): number;
  /** Probabilities of all classes that sum to 10¹⁸, from outputs in 18-decimal fixed point. */
  probabilities(outputs: readonly bigint[]): bigint[];
}

/** 1/(1 + e^−z) for class 1 and its complement for class 0; −z swaps the two to the last bit. */
function sigmoid(z: bigint): bigint[] {
  const tail = expDown(z < 0n ? z : -z);
  const smaller = mulDiv(tail, WAD, WAD + tail, "down");
  return z < 0n ? [WAD - smaller, smaller] : [smaller, WAD - smaller];
}

function softmax(logits: readonly bigint[]): bigint[] {
  let top = logits[0] as bigint;
  for (const logit of logits) if (logit > top) top = logit;
  return splitExact(
    WAD,
    logits.map((logit) => expDown(logit - top)),
  );
}

/**
 * Classes 1…K−1 as given, cut to [0, 1] and scaled down where they exceed one together; class 0 is the
 * rest.
 */
function identity(outputs: readonly bigint[]): bigint[] {
  const given = outputs.map((value) => clamp(value, 0n, WAD));
  const sum = given.reduce((total, value) => total + value, 0n);
  return sum <= WAD ? [WAD - sum, ...given] : [0n, ...splitExact(WAD, given)];
}

const TRANSFORMS: ReadonlyMap<string, Transform> = new Map<string, Transform>([
  [
    "sigmoid/1",
    {
      outputs: (classes) => (classes === 2 ? 1 : 0),
      probabilities: ([logit]) => sigmoid(logit as bigint),
    },
  ],
  ["softmax/1", { outputs: (classes) => classes, probabilities: softmax }],
  ["identity/1", { outputs: (classes) => classes - 1, probabilities: identity }],
]);

function transformOf(transformId: string, classes: number): Transform {
  const transform = TRANSFORMS.get(transformId);
  if (!transform) throw new DomainError(`no such output transform: ${transformId}`);
  if (!Number.isInteger(classes) || classes < 2 || classes > CLASSES_MAX)
    throw new DomainError(`not a number of classes: ${classes}`);
  if (transform.outputs(classes) === 0)
    throw new DomainError(`${transformId} does not give ${classes} classes`);
  return transform;
}

/**
 * Outputs of the circuit for one item: 1 logit (of class 1) for sigmoid/1, which has two classes only; one
 * logit a class for softmax/1; the probabilities of classes 1…K−1 for identity/1. Throws a DomainError on an
 * unknown transform or a number of classes that it does not have.
 */
export function outputsPerItem(transformId: string, classes: number): number {
  return transformOf(transformId, classes).outputs(classes);
}

/**
 * Smallest probability of a class in 65535ths for a clip in millionths: ⌈clip·65535⌉. Throws a DomainError
 * unless 0 ≤ clip ≤ 1/(2K), which also leaves room for the rounding.
 */
export function predictionMin(clipPpm: number, classes: number): number {
  if (!Number.isInteger(clipPpm) || clipPpm < 0 || clipPpm * 2 * classes > 1_000_000)
    throw new DomainError(`not a clip for ${classes} classes: ${clipPpm}`);
  return Number(mulDiv(BigInt(clipPpm), ONE, 1_000_000n, "up"));
}

/**
 * Probabilities (18 decimals, sum one) as 65535ths of classes 1…K−1; class 0 is the remainder to 65535.
 * First projected on the probabilities ≥ ⌈clip·65535⌉/65535, so that no class is rounded below the clip;
 * then rounded half up for two classes, by largest remainder (ties to the lower class) for more.
 */
function quantize(probabilities: readonly bigint[], clipPpm: number): number[] {
  const least = BigInt(predictionMin(clipPpm, probabilities.length));
  const floor = mulDiv(least, WAD, ONE, "up");
  const clipped = waterFill(
    probabilities,
    probabilities.map(() => floor),
    WAD,
  );
  if (clipped.length === 2) return [Number(mulDiv(2n * ONE, clipped[1] as bigint, WAD, "down") + 1n) >>> 1];
  return splitExact(ONE, clipped).slice(1).map(Number);
}

/**
 * The predictions that a circuit's outputs stand for: the transform in 18-decimal fixed point, the clip, the
 * rounding to 65535ths. The chain computes them from a proof, an operator before it commits to them.
 *
 * @param logits outputs as signed integers at scale 2^scaleBits, item after item; huge ones saturate
 * @param clipPpm least probability of a class, in millionths, at most 1/(2K)
 * @returns K−1 numbers an item, of classes 1…K−1, each class ≥ ⌈clip·65535⌉, class 0 the rest of 65535
 * @throws DomainError on an unknown transform or numbers that do not fit it
 */
export function predictionsFromLogits(
  transformId: string,
  logits: readonly bigint[],
  scaleBits: number,
  classes: number,
  clipPpm: number,
): Uint16Array {
  const transform = transformOf(transformId, classes);
  const outputs = transform.outputs(classes);
  if (!Number.isInteger(scaleBits) || scaleBits < 0 || scaleBits > SCALE_BITS_MAX)
    throw new DomainError(`not a scale: 2^${scaleBits}`);
  if (logits.length % outputs !== 0) throw new DomainError(`${logits.length} outputs are not whole items`);
  const unit = 1n << BigInt(scaleBits);
  const values = logits.map((logit) => clamp(floorDiv(logit * WAD, unit), -LOGIT_MAX, LOGIT_MAX));
  const predictions: number[] = [];
  for (let at = 0; at < values.length; at += outputs)
    predictions.push(...quantize(transform.probabilities(values.slice(at, at + outputs)), clipPpm));
  return Uint16Array.from(predictions);
}
