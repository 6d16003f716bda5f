import { concat } from "#chain/bytes/concat.ts";
import { utf8 } from "#chain/bytes/utf8.ts";

/** What a sample is made of: sizes, circuit settings, and a model and an input for every proof. */
export interface Plan {
  readonly batch: number;
  readonly inputSize: number;
  /** log₂ of the circuit's rows: 41 for each hashed parameter and some. */
  readonly logrows: number;
  /** Whether inputs and outputs go without range checks: they may where nothing in between is rescaled. */
  readonly ignoreRangeChecks: boolean;
  readonly proofs: readonly { readonly onnx: Uint8Array; readonly inputs: readonly number[] }[];
}

// ONNX is protobuf: a field is its number and wire type, then a varint or a length and that many bytes.
const varint = (value: number): Uint8Array =>
  value < 128 ? Uint8Array.of(value) : concat(Uint8Array.of((value & 127) | 128), varint(value >>> 7));
const integer = (field: number, value: number): Uint8Array => concat(varint(field << 3), varint(value));
const bytes = (field: number, value: string | Uint8Array): Uint8Array => {
  const content = typeof value === "string" ? utf8(value) : value;
  return concat(varint((field << 3) | 2), varint(content.length), content);
};

const tensor = (name: string, dims: readonly number[], data: Float32Array): Uint8Array =>
  concat(
    ...dims.map((dim) => integer(1, dim)),
    integer(2, 1),
    bytes(8, name),
    bytes(9, new Uint8Array(data.buffer)),
  );

const node = (operator: string, inputs: readonly string[], output: string): Uint8Array =>
  concat(...inputs.map((name) => bytes(1, name)), bytes(2, output), bytes(4, operator));

const value = (name: string, dims: readonly number[]): Uint8Array => {
  const shape = concat(...dims.map((dim) => bytes(1, integer(1, dim))));
  return concat(bytes(1, name), bytes(2, bytes(1, concat(integer(1, 1), bytes(2, shape)))));
};

/** Small weights that no two seeds share and of which none is zero (a zero would change the circuit). */
const weights = (count: number, seed: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => (((i * 37 + seed * 101) % 199) - 99.5) / 256);

/** The ONNX file of a dense network with ReLU between its layers, for a batch of rows of the first width. */
function network(widths: readonly number[], batch: number, seed: number): Uint8Array {
  const parts: Uint8Array[] = [];
  const last = widths.length - 2;
  for (let layer = 0; layer <= last; layer++) {
    const [from, to] = [widths[layer] as number, widths[layer + 1] as number];
    const out = layer === last ? "y" : `h${layer}`;
    const input = layer === 0 ? "x" : `r${layer - 1}`;
    parts.push(bytes(1, node("Gemm", [input, `W${layer}`, `b${layer}`], out)));
    if (layer < last) parts.push(bytes(1, node("Relu", [out], `r${layer}`)));
    parts.push(bytes(5, tensor(`W${layer}`, [from, to], weights(from * to, seed + layer))));
    parts.push(bytes(5, tensor(`b${layer}`, [to], weights(to, seed + layer + 50))));
  }
  const ends = concat(
    bytes(11, value("x", [batch, widths[0] as number])),
    bytes(12, value("y", [batch, widths.at(-1) as number])),
  );
  const graph = concat(bytes(2, "network"), ...parts, ends);
  return concat(integer(1, 8), bytes(7, graph), bytes(8, integer(2, 13)));
}

/** A batch of two-bit counts, as the featurizers give. */
const counts = (length: number, seed: number): number[] =>
  Array.from({ length }, (_, i) => ((i * i + seed * 7) >> 3) & 3);

function plan(
  widths: readonly number[],
  batch: number,
  logrows: number,
  proofs: readonly [number, number][],
): Plan {
  const inputSize = widths[0] as number;
  return {
    ...{ batch, inputSize, logrows, ignoreRangeChecks: widths.length === 2 },
    proofs: proofs.map(([model, input]) => ({
      onnx: network(widths, batch, model),
      inputs: counts(batch * inputSize, input),
    })),
  };
}

/** Proofs as [seed of the model, seed of the input]. */
export const plans = {
  "lr-4": plan([4, 1], 2, 8, [[1, 1]]),
  "lr-64": plan([64, 1], 8, 12, [
    [1, 1],
    [2, 1],
    [1, 2],
  ]),
  "mlp-64-4": plan([64, 4, 1], 8, 14, [[1, 1]]),
};
