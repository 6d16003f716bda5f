import { type Architecture, type LayerShape, layersOf } from "../architecture.ts";

/** The values of one input that are not zero, by increasing feature. */
export interface SparseRow {
  readonly features: Int32Array;
  readonly values: Float64Array;
}

/** The shapes of a network and the buffers of one forward and backward pass, which every pass overwrites. */
export interface Network {
  readonly layers: readonly LayerShape[];
  readonly outputs: readonly Float64Array[];
  readonly deltas: readonly Float64Array[];
}

/**
 * Parameters, and gradients of the same shape, in the order of the ONNX file: of each layer from the input on
 * the weights (row-major inputs × outputs), then the biases.
 */
export type Tensors<A = Float32Array> = readonly A[];

export function newNetwork(architecture: Architecture): Network {
  const layers = layersOf(architecture);
  const buffers = (): Float64Array[] => layers.map(({ outputs }) => new Float64Array(outputs));
  return { layers, outputs: buffers(), deltas: buffers() };
}

/** How many numbers each tensor has. */
export const tensorLengths = (layers: readonly LayerShape[]): number[] =>
  layers.flatMap(({ inputs, outputs }) => [inputs * outputs, outputs]);

/** Adds value × row `input` of the weights to the sums. */
function addRow(sums: Float64Array, weights: Float32Array, input: number, value: number): void {
  const width = sums.length;
  const from = input * width;
  for (let j = 0; j < width; j++) sums[j] = (sums[j] as number) + value * (weights[from + j] as number);
}

function rectify(values: Float64Array): void {
  for (let j = 0; j < values.length; j++) if ((values[j] as number) < 0) values[j] = 0;
}

/**
 * The logits of a row, in a buffer of the network; sums run by increasing feature, then by increasing unit.
 */
export function forward(network: Network, weights: Tensors, row: SparseRow): Float64Array {
  const last = network.layers.length - 1;
  for (let layer = 0; layer <= last; layer++) {
    const sums = network.outputs[layer] as Float64Array;
    const matrix = weights[2 * layer] as Float32Array;
    sums.set(weights[2 * layer + 1] as Float32Array);
    if (layer === 0) {
      const { features, values } = row;
      for (let k = 0; k < features.length; k++)
        addRow(sums, matrix, features[k] as number, values[k] as number);
    } else {
      const below = network.outputs[layer - 1] as Float64Array;
      for (let i = 0; i < below.length; i++) if (below[i] !== 0) addRow(sums, matrix, i, below[i] as number);
    }
    if (layer < last) rectify(sums);
  }
  return network.outputs[last] as Float64Array;
}

/** Adds value × delta to row `input` of the gradient. */
function addOuter(gradient: Float64Array, delta: Float64Array, input: number, value: number): void {
  const width = delta.length;
  const from = input * width;
  for (let j = 0; j < width; j++)
    gradient[from + j] = (gradient[from + j] as number) + value * (delta[j] as number);
}

/** The derivative by the outputs of the ReLU layer below, from that by this layer's sums. */
function deltaBelow(
  below: Float64Array,
  out: Float64Array,
  delta: Float64Array,
  weights: Float32Array,
): void {
  const width = delta.length;
  for (let i = 0; i < below.length; i++) {
    let sum = 0;
    if ((below[i] as number) > 0)
      for (let j = 0; j < width; j++) sum += (weights[i * width + j] as number) * (delta[j] as number);
    out[i] = sum;
  }
}

/**
 * Adds to the gradients what the row last given to `forward` contributes, from the derivative of its loss by
 * the logits, which the caller has put in the network's last delta.
 */
export function backward(
  network: Network,
  weights: Tensors,
  row: SparseRow,
  gradients: Tensors<Float64Array>,
): void {
  for (let layer = network.layers.length - 1; layer >= 0; layer--) {
    const delta = network.deltas[layer] as Float64Array;
    const gradient = gradients[2 * layer] as Float64Array;
    addOuter(gradients[2 * layer + 1] as Float64Array, delta, 0, 1);
    if (layer === 0) {
      const { features, values } = row;
      for (let k = 0; k < features.length; k++)
        addOuter(gradient, delta, features[k] as number, values[k] as number);
    } else {
      const below = network.outputs[layer - 1] as Float64Array;
      for (let i = 0; i < below.length; i++)
        if (below[i] !== 0) addOuter(gradient, delta, i, below[i] as number);
      const matrix = weights[2 * layer] as Float32Array;
      deltaBelow(below, network.deltas[layer - 1] as Float64Array, delta, matrix);
    }
  }
}
