import { splitExact } from "#chain/math/mul-div.ts";
import { type RoundRef, roundHash } from "./round-key.ts";

/** Greatest value of a prediction: probability 1. */
export const PREDICTION_ONE = 65_535n;

/** Predictions as bytes: u16 big-endian, per item in canonical order the classes 1…K−1. */
export function encodePredictions(values: ArrayLike<number>): Uint8Array {
  const out = new Uint8Array(values.length * 2);
  const view = new DataView(out.buffer);
  for (let i = 0; i < values.length; i++) view.setUint16(i * 2, values[i] as number);
  return out;
}

/** The u16 values of encoded predictions; throws on an odd length. */
export function decodePredictions(bytes: Uint8Array): Uint16Array {
  if (bytes.length % 2 !== 0) throw new RangeError("predictions are pairs of bytes");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Uint16Array.from({ length: bytes.length >>> 1 }, (_, i) => view.getUint16(i * 2));
}

/**
 * The prior as prediction of every item, in 65535ths of the classes 1…K−1 (largest remainder): what the
 * community knew before.
 */
export function priorPredictions(priorPpm: readonly number[], items: number): Uint16Array {
  const weights = priorPpm.map((ppm) => BigInt(ppm));
  const [, ...rest] = splitExact(PREDICTION_ONE, weights).map(Number);
  return Uint16Array.from({ length: items * rest.length }, (_, i) => rest[i % rest.length] as number);
}

/** Commitment to predictions: H(operator ‖ predictions ‖ salt), bound to chain, game and round. */
export const predictionsHash = (
  ref: RoundRef,
  operator: Uint8Array,
  predictions: Uint8Array,
  salt: Uint8Array,
): Uint8Array => roundHash("iterum/predictions/v1", ref, operator, predictions, salt);
