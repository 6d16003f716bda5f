import { type Architecture, layersOf } from "../architecture.ts";
import type { Random } from "../random.ts";
import { tensorLengths } from "./network.ts";

/** The logits that give the classes their frequency in these labels, each counted once more. */
function priorLogits(classes: number, labels: readonly number[]): number[] {
  const counts = new Array<number>(classes).fill(1);
  for (const label of labels) counts[label] = (counts[label] as number) + 1;
  if (classes === 2) return [Math.log((counts[1] as number) / (counts[0] as number))];
  return counts.map((count) => Math.log(count / (labels.length + classes)));
}

/** Where hidden biases start: above 0, or now and then all units of a narrow layer die under the prior. */
const hiddenBias = 0.5;

/**
 * Parameters to start from: weights 0 in a logistic regression, whose loss is convex, else uniform as by
 * Glorot and Bengio (2010); biases of hidden units hiddenBias, those of the logits the logits of the class
 * prior.
 */
export function initialWeights(
  architecture: Architecture,
  labels: readonly number[],
  random: Random,
): Float32Array[] {
  const layers = layersOf(architecture);
  const weights = tensorLengths(layers).map((length) => new Float32Array(length));
  if (layers.length > 1)
    for (const [layer, { inputs, outputs }] of layers.entries()) {
      const bound = Math.sqrt(6 / (inputs + outputs));
      const matrix = weights[2 * layer] as Float32Array;
      (weights[2 * layer + 1] as Float32Array).fill(hiddenBias);
      for (let i = 0; i < matrix.length; i++) matrix[i] = (2 * random.unit() - 1) * bound;
    }
  (weights.at(-1) as Float32Array).set(priorLogits(architecture.classes, labels));
  return weights;
}
