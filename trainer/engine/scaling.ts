import type { LayerShape } from "../architecture.ts";
import type { SparseRow, Tensors } from "./network.ts";

/**
 * What the network sees of an input while it trains: (x − mean) / deviation for every feature, and after
 * the last feature the total of the counted ones, scaled alike. The total lets tokens that training never
 * saw take the weight that tokens have on average; with L2 this is a prior whose mean is learned.
 */
export interface Scaling {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
  /** Which features are counts 0…3 in every row: they stay raw, so that rows stay sparse. */
  readonly counted: readonly boolean[];
}

const countMax = 3;

const isCount = (value: number): boolean => value >= 0 && value <= countMax;

function momentsOf(column: Float64Array): { mean: number; deviation: number } {
  const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
  const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length;
  return { mean, deviation: variance > 0 ? Math.sqrt(variance) : 1 };
}

function totalOf(input: ArrayLike<number>, counted: readonly boolean[]): number {
  let total = 0;
  for (let i = 0; i < input.length; i++) if (counted[i]) total += input[i] as number;
  return total;
}

/** The scaling of these inputs, each of `features` integers. */
export function scalingOf(inputs: readonly ArrayLike<number>[], features: number): Scaling {
  const mean = new Float64Array(features + 1);
  const deviation = new Float64Array(features + 1).fill(1);
  const counted: boolean[] = [];
  const fit = (at: number, column: Float64Array): void => {
    const moments = momentsOf(column);
    mean[at] = moments.mean;
    deviation[at] = moments.deviation;
  };
  for (let i = 0; i < features; i++) {
    const column = Float64Array.from(inputs, (input) => input[i] as number);
    counted.push(column.every(isCount));
    if (!counted[i]) fit(i, column);
  }
  fit(
    features,
    Float64Array.from(inputs, (input) => totalOf(input, counted)),
  );
  return { mean, deviation, counted };
}

/** The scaled values of an input, with the total, that are not zero. */
export function sparseRow(input: ArrayLike<number>, scaling: Scaling): SparseRow {
  const { mean, deviation, counted } = scaling;
  const features: number[] = [];
  const values: number[] = [];
  for (let i = 0; i <= input.length; i++) {
    const raw = i < input.length ? (input[i] as number) : totalOf(input, counted);
    const value = (raw - (mean[i] as number)) / (deviation[i] as number);
    if (value === 0) continue;
    features.push(i);
    values.push(value);
  }
  return { features: Int32Array.from(features), values: Float64Array.from(values) };
}

/**
 * The parameters of the network that takes unscaled integers, as the circuit does: scaling and total are
 * linear and move into the first layer, whose weights lose their last row.
 */
export function foldScaling(layer: LayerShape, weights: Tensors, scaling: Scaling): Float32Array[] {
  const [matrix, biases] = weights as readonly [Float32Array, Float32Array];
  const width = layer.outputs;
  const features = layer.inputs - 1;
  const { mean, deviation, counted } = scaling;
  const scaled = (i: number, j: number): number =>
    (matrix[i * width + j] as number) / (deviation[i] as number);
  const folded = new Float32Array(features * width);
  const moved = new Float32Array(width);
  for (let j = 0; j < width; j++) {
    let bias = biases[j] as number;
    for (let i = 0; i <= features; i++) bias -= scaled(i, j) * (mean[i] as number);
    for (let i = 0; i < features; i++)
      folded[i * width + j] = scaled(i, j) + (counted[i] ? scaled(features, j) : 0);
    moved[j] = bias;
  }
  return [folded, moved, ...weights.slice(2).map((tensor) => tensor.slice())];
}
