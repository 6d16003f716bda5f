import { PREDICTION_ONE } from "#chain/protocol/predictions.ts";

/** q of one item, all classes, from the predictions of classes 1…K−1 item after item; class 0 is the rest. */
export function predictionOf(predictions: ArrayLike<number>, item: number, classes: number): bigint[] {
  const q = [PREDICTION_ONE];
  for (let at = item * (classes - 1); q.length < classes; at++) {
    const value = BigInt(predictions[at] as number);
    q.push(value);
    q[0] = (q[0] as bigint) - value;
  }
  return q;
}
