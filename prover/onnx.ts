import { equalBytes } from "#chain/bytes/compare.ts";
import { fromUtf8 } from "#chain/bytes/utf8.ts";
import { ensure, ProverError } from "./errors.ts";

/** Largest ONNX file taken, bytes, and most weight tensors in it. */
export const onnxBytesMax = 2 << 20;
const tensorsMax = 64;

const floatType = 1;
/** Field numbers of onnx.proto (ONNX IR, version 3 of the protobuf schema), by message. */
const model = { graph: 7 } as const;
const graph = { initializer: 5, input: 11, output: 12 } as const;
const tensor = { dims: 1, dataType: 2, floatData: 4, name: 8, rawData: 9, externalData: 13 } as const;
const valueInfo = { name: 1, type: 2 } as const;

/** A float tensor of parameters: its place in the file, and how many numbers it holds. */
export interface WeightTensor {
  readonly name: string;
  readonly dims: readonly number[];
  /** Offset of the first of `count` little-endian float32 numbers. */
  readonly offset: number;
  readonly count: number;
}

/** The parts of an ONNX file that matter to a circuit. */
export interface OnnxModel {
  readonly bytes: Uint8Array;
  readonly tensors: readonly WeightTensor[];
  /** Name and dimensions of the one input and the one output. */
  readonly input: { readonly name: string; readonly dims: readonly number[] };
  readonly output: { readonly name: string; readonly dims: readonly number[] };
}

/** One field of a protobuf message: its value when a varint, and where its body lies. */
export interface Field {
  readonly number: number;
  readonly wire: number;
  readonly value: bigint;
  /** Offset of the key before it. */
  readonly keyStart: number;
  readonly start: number;
  readonly end: number;
}

const refuse = (why: string): ProverError => new ProverError("invalid_onnx", `not an ONNX model: ${why}`);

function varint(bytes: Uint8Array, at: number, end: number): readonly [bigint, number] {
  let value = 0n;
  for (let i = 0; i < 10; i++) {
    if (at + i >= end) throw refuse("it ends in a number");
    const byte = bytes[at + i] as number;
    value |= BigInt(byte & 0x7f) << BigInt(7 * i);
    if (byte < 0x80) return [value, at + i + 1];
  }
  throw refuse("a number of over 64 bits");
}

/** The fields of one protobuf message in [start, end). Throws ProverError invalid_onnx. */
export function* fields(bytes: Uint8Array, start: number, end: number): Generator<Field> {
  for (let at = start; at < end; ) {
    const [key, from] = varint(bytes, at, end);
    const number = Number(key >> 3n);
    const wire = Number(key & 7n);
    let value = 0n;
    let body = from;
    let next: number;
    if (wire === 0) [value, next] = varint(bytes, from, end);
    else if (wire === 2) {
      const [length, first] = varint(bytes, from, end);
      ensure(length <= BigInt(end - first), "invalid_onnx", "not an ONNX model: a length beyond its end");
      body = first;
      next = first + Number(length);
    } else if (wire === 5 || wire === 1) next = from + (wire === 5 ? 4 : 8);
    else throw refuse(`wire type ${wire}`);
    if (next > end) throw refuse("a field beyond its end");
    yield { number, wire, value, keyStart: at, start: body, end: next };
    at = next;
  }
}

/** The text that a field holds. */
export function fieldText(bytes: Uint8Array, field: Field): string {
  try {
    return fromUtf8(bytes.subarray(field.start, field.end));
  } catch {
    throw refuse("a name is not UTF-8");
  }
}

/** Dimensions come as one varint each, or packed. */
function dimensions(bytes: Uint8Array, field: Field): number[] {
  if (field.wire === 0) return [Number(field.value)];
  const dims: number[] = [];
  for (let at = field.start; at < field.end; ) {
    const [value, next] = varint(bytes, at, field.end);
    dims.push(Number(value));
    at = next;
  }
  return dims;
}

function readTensor(bytes: Uint8Array, at: Field): WeightTensor | undefined {
  const dims: number[] = [];
  let name = "";
  let type = 0n;
  let data: Field | undefined;
  for (const field of fields(bytes, at.start, at.end)) {
    if (field.number === tensor.externalData) throw refuse("data in another file");
    if (field.number === tensor.dims) dims.push(...dimensions(bytes, field));
    else if (field.number === tensor.dataType) type = field.value;
    else if (field.number === tensor.name) name = fieldText(bytes, field);
    else if (field.number === tensor.rawData || field.number === tensor.floatData) {
      if (data || field.wire !== 2) throw refuse("a tensor's data is in pieces");
      data = field;
    }
  }
  if (type !== BigInt(floatType)) return undefined;
  const count = dims.reduce((product, size) => product * size, 1);
  if (!data || data.end - data.start !== 4 * count) throw refuse("a tensor's data is not its size");
  return { name, dims, offset: data.start, count };
}

/** ValueInfoProto.type.tensor_type.shape.dim[].dim_value, the type being float. */
function readValueInfo(bytes: Uint8Array, at: Field): { name: string; dims: number[] } {
  let name = "";
  let type: Field | undefined;
  for (const field of fields(bytes, at.start, at.end)) {
    if (field.number === valueInfo.name) name = fieldText(bytes, field);
    else if (field.number === valueInfo.type) type = field;
  }
  const inside = (parent: Field | undefined, number: number): Field[] =>
    parent ? [...fields(bytes, parent.start, parent.end)].filter((field) => field.number === number) : [];
  const [tensorType] = inside(type, 1);
  if (inside(tensorType, 1)[0]?.value !== BigInt(floatType))
    throw refuse("an input or output is not float32");
  const dims = inside(inside(tensorType, 2)[0], 1).map((dim) => Number(inside(dim, 1)[0]?.value ?? 0n));
  if (dims.some((dim) => dim < 1)) throw refuse("an input or output of no fixed size");
  return { name, dims };
}

/** The one graph of a model. */
export function graphOf(bytes: Uint8Array): Field {
  const [main, ...more] = [...fields(bytes, 0, bytes.length)].filter(({ number }) => number === model.graph);
  if (!main || more.length > 0 || main.wire !== 2) throw refuse("not one graph");
  return main;
}

/**
 * Reads an ONNX model of one float input and one float output. Throws ProverError invalid_onnx on anything
 * malformed, over 2 MiB, or with over 64 weight tensors.
 */
export function readOnnx(file: Uint8Array): OnnxModel {
  const bytes = new Uint8Array(file); // a copy, for a Buffer's slice is a view
  if (bytes.length > onnxBytesMax) throw refuse(`over ${onnxBytesMax} bytes`);
  const main = graphOf(bytes);
  const tensors: WeightTensor[] = [];
  const inputs: Field[] = [];
  const outputs: Field[] = [];
  for (const field of fields(bytes, main.start, main.end)) {
    if (field.number === graph.input) inputs.push(field);
    else if (field.number === graph.output) outputs.push(field);
    else if (field.number === graph.initializer) {
      const weights = readTensor(bytes, field);
      if (weights) tensors.push(weights);
    }
    if (tensors.length > tensorsMax) throw refuse("too many weight tensors");
  }
  if (!inputs[0] || !outputs[0] || inputs.length + outputs.length !== 2)
    throw refuse("not one input and one output");
  return { bytes, tensors, input: readValueInfo(bytes, inputs[0]), output: readValueInfo(bytes, outputs[0]) };
}

/** The bits of every weight, in the order of the file, as 32-bit patterns. */
export function weightBits(onnx: OnnxModel): Uint32Array {
  const view = new DataView(onnx.bytes.buffer, onnx.bytes.byteOffset, onnx.bytes.length);
  const bits = new Uint32Array(onnx.tensors.reduce((total, { count }) => total + count, 0));
  let at = 0;
  for (const { offset, count } of onnx.tensors)
    for (let i = 0; i < count; i++) bits[at++] = view.getUint32(offset + 4 * i, true);
  return bits;
}

/** A copy of the file with other weights, in the order of the file; `weight(i)` gives the i-th. */
export function withWeights(onnx: OnnxModel, weight: (index: number) => number): Uint8Array {
  const copy = onnx.bytes.slice();
  const view = new DataView(copy.buffer);
  let index = 0;
  for (const { offset, count } of onnx.tensors)
    for (let i = 0; i < count; i++) view.setFloat32(offset + 4 * i, weight(index++), true);
  return copy;
}

/** Whether two files differ in nothing but the values of weights. */
export const sameGraph = (a: OnnxModel, b: OnnxModel): boolean =>
  a.bytes.length === b.bytes.length &&
  equalBytes(
    withWeights(a, () => 0),
    withWeights(b, () => 0),
  );
