import { type Architecture, layersOf } from "../architecture.ts";
import { ensureTrainer } from "../error.ts";
import { lossAndDelta, toProbabilities } from "./loss.ts";
import { forward, type Network, newNetwork, type SparseRow, type Tensors, tensorLengths } from "./network.ts";

/**
 * A network with its parameters, in the order and layout of its ONNX file: per layer the weights
 * (Float32, row-major inputs × outputs) and the biases. It takes unscaled integers and gives logits.
 */
export interface Model {
  readonly architecture: Architecture;
  readonly weights: Tensors;
}

/** Labelled tensors of a featurizer; labels are classes 0…classes−1. */
export interface TrainingData {
  readonly inputs: readonly Int32Array[];
  readonly labels: readonly number[];
}

/** What stands for a parameter of 0, which would change the key of a circuit. */
export const tinyWeight = 1e-6;

/** Replaces zeros by tinyWeight, in place: a circuit's key must depend on the architecture alone. */
export function withoutZeros(weights: Tensors): void {
  for (const tensor of weights)
    for (let i = 0; i < tensor.length; i++) if (tensor[i] === 0) tensor[i] = tinyWeight;
}

/** Refuses parameters that do not fit the architecture or are not finite. */
export function checkModel({ architecture, weights }: Model): void {
  const lengths = tensorLengths(layersOf(architecture));
  ensureTrainer(
    weights.length === lengths.length,
    "model",
    `${weights.length} tensors, not ${lengths.length}`,
  );
  for (const [t, tensor] of weights.entries()) {
    ensureTrainer(tensor.length === lengths[t], "model", `tensor ${t} has ${tensor.length} numbers`);
    ensureTrainer(tensor.every(Number.isFinite), "model", `tensor ${t} is not finite`);
  }
}

function rawRow(input: ArrayLike<number>): SparseRow {
  const values = Float64Array.from(input);
  return { features: Int32Array.from(values, (_, i) => i), values };
}

function logitsIn(network: Network, model: Model, input: ArrayLike<number>): Float64Array {
  ensureTrainer(input.length === model.architecture.inputs, "model", `input of ${input.length} values`);
  return forward(network, model.weights, rawRow(input));
}

/** The logits of an input: one, of class 1, for two classes, else one per class. Refuses another length. */
export const predict = (model: Model, input: ArrayLike<number>): Float64Array =>
  logitsIn(newNetwork(model.architecture), model, input);

/** The probability of each class for an input. */
export function probabilities(model: Model, input: ArrayLike<number>): Float64Array {
  const out = new Float64Array(model.architecture.classes);
  toProbabilities(predict(model, input), out);
  return out;
}

const likeliest = (p: Float64Array): number =>
  p.reduce((best, value, k) => (value > (p[best] as number) ? k : best), 0);

/** Mean log loss in nats and share of rows whose likeliest class is the label; NaN for no rows. */
export function evaluate(
  model: Model,
  { inputs, labels }: TrainingData,
): { logLoss: number; accuracy: number } {
  const network = newNetwork(model.architecture);
  const delta = network.deltas.at(-1) as Float64Array;
  const p = new Float64Array(model.architecture.classes);
  let loss = 0;
  let right = 0;
  for (const [i, input] of inputs.entries()) {
    const logits = logitsIn(network, model, input);
    loss += lossAndDelta(logits, labels[i] as number, delta);
    toProbabilities(logits, p);
    if (likeliest(p) === labels[i]) right++;
  }
  return { logLoss: loss / inputs.length, accuracy: right / inputs.length };
}
