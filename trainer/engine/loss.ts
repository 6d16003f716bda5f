/** The probability of class 1 at a logit; never NaN for a finite logit. */
export const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));

/** The probabilities of all classes, written to `out`: sigmoid of one logit, softmax of several. */
export function toProbabilities(logits: Float64Array, out: Float64Array): void {
  if (logits.length === 1) {
    out[1] = sigmoid(logits[0] as number);
    out[0] = sigmoid(-(logits[0] as number));
    return;
  }
  const greatest = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  let total = 0;
  for (let k = 0; k < logits.length; k++) total += out[k] = Math.exp((logits[k] as number) - greatest);
  for (let k = 0; k < logits.length; k++) out[k] = (out[k] as number) / total;
}

/** ln(1 + e^x) without overflow. */
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/**
 * The log loss −ln p(label) of the logits in nats; writes its derivative by each logit to `delta`.
 * Binary cross-entropy for one logit, softmax cross-entropy for several.
 */
export function lossAndDelta(logits: Float64Array, label: number, delta: Float64Array): number {
  if (logits.length === 1) {
    const logit = logits[0] as number;
    delta[0] = sigmoid(logit) - label;
    return softplus(label === 1 ? -logit : logit);
  }
  toProbabilities(logits, delta);
  const greatest = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  let total = 0;
  for (const logit of logits) total += Math.exp(logit - greatest);
  delta[label] = (delta[label] as number) - 1;
  return Math.log(total) + greatest - (logits[label] as number);
}
