import { concat } from "#chain/bytes/concat.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { ensure } from "./errors.ts";
import { fields, fieldText, graphOf, type OnnxModel } from "./onnx.ts";

// EZKL 23.0.5 lays out a constant that has one use from its value, not from the cells that were hashed
// (`layout_nodes` in its graph/model.rs), so nothing ties such a weight to the hash among the public values:
// one key then proves outputs of any weights under the hash of others. A constant of two uses is laid out
// from the hashed cells, and every use is copied from them. So circuits are made from a graph in which every
// weight is used twice: the batch is cut in two halves, both run through the same weights, and joined again,
// which adds no constraint. The worker refuses a circuit in which a weight is used once.

const nodeField = { input: 1, output: 2, name: 3, opType: 4, attribute: 5 } as const;
const graphField = { node: 1, name: 2, initializer: 5, input: 11, output: 12 } as const;
const int64Type = 7;

function varint(value: number): Uint8Array {
  const out: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.from([...out, rest]);
    out.push((rest % 128) | 128);
  }
}

const integer = (field: number, value: number): Uint8Array => concat(varint(field * 8), varint(value));

function bytes(field: number, ...parts: readonly (Uint8Array | string)[]): Uint8Array {
  const body = concat(...parts.map((part) => (typeof part === "string" ? utf8(part) : part)));
  return concat(varint(field * 8 + 2), varint(body.length), body);
}

/** A TensorProto of one int64: dims, data_type, name, raw_data. */
function index(name: string, value: number): Uint8Array {
  const raw = new Uint8Array(8);
  new DataView(raw.buffer).setBigInt64(0, BigInt(value), true);
  return bytes(graphField.initializer, integer(1, 1), integer(2, int64Type), bytes(8, name), bytes(9, raw));
}

function node(
  op: string,
  inputs: readonly string[],
  output: string,
  ...attributes: Uint8Array[]
): Uint8Array {
  const names = inputs.map((name) => bytes(nodeField.input, name));
  const body = [...names, bytes(nodeField.output, output), bytes(nodeField.opType, op), ...attributes];
  return bytes(graphField.node, ...body);
}

/** AttributeProto axis = 0: name, i, type INT. */
const axisZero = bytes(nodeField.attribute, bytes(1, "axis"), integer(3, 0), integer(20, 2));

/**
 * The graph, with the batch run in two halves through the same weights. Its inputs, outputs and weights, and
 * the order of the weights, are the model's. Throws ProverError invalid_onnx when the batch is below 2.
 */
export function shareWeights(model: OnnxModel): Uint8Array {
  const { bytes: file, input, output } = model;
  const batch = input.dims[0] as number;
  ensure(batch >= 2, "invalid_onnx", "a circuit needs a batch of at least 2");
  const graph = graphOf(file);
  const all = [...fields(file, graph.start, graph.end)];
  const whole = (number: number) =>
    all
      .filter((field) => field.number === number)
      .map(({ start, end }) => bytes(number, file.subarray(start, end)));
  const initializers = all.filter(({ number }) => number === graphField.initializer);
  const shared = new Set(["", ...initializers.map((field) => tensorName(file, field.start, field.end))]);
  const nodes = all.filter(({ number }) => number === graphField.node);
  const half = (prefix: string): Uint8Array[] =>
    nodes.map(({ start, end }) => {
      const rename = (name: string) => (shared.has(name) ? name : prefix + name);
      const parts: Uint8Array[] = [];
      for (const field of fields(file, start, end)) {
        if (field.number === nodeField.name) continue;
        ensure(field.wire === 2, "invalid_onnx", "a node has a field that none has");
        const named = field.number === nodeField.input || field.number === nodeField.output;
        const body = named ? rename(fieldText(file, field)) : file.subarray(field.start, field.end);
        parts.push(bytes(field.number, body));
      }
      return bytes(graphField.node, ...parts);
    });
  const cut = (from: string, to: string, prefix: string): Uint8Array =>
    node("Slice", [input.name, from, to, "cut:zero"], prefix + input.name);
  const middle = Math.floor(batch / 2);
  const rewritten = bytes(
    7,
    cut("cut:zero", "cut:middle", "a:"),
    cut("cut:middle", "cut:end", "b:"),
    ...half("a:"),
    ...half("b:"),
    node("Concat", [`a:${output.name}`, `b:${output.name}`], output.name, axisZero),
    bytes(graphField.name, "shared"),
    ...whole(graphField.initializer),
    index("cut:zero", 0),
    index("cut:middle", middle),
    index("cut:end", batch),
    ...whole(graphField.input),
    ...whole(graphField.output),
  );
  return concat(file.subarray(0, graph.keyStart), rewritten, file.subarray(graph.end));
}

function tensorName(file: Uint8Array, start: number, end: number): string {
  for (const field of fields(file, start, end)) if (field.number === 8) return fieldText(file, field);
  return "";
}
