import { type Architecture, architectureName, checkArchitecture } from "../architecture.ts";
import { checkModel, type Model, withoutZeros } from "../engine/model.ts";
import { ensureTrainer } from "../error.ts";
import {
  attributeField,
  attributeType,
  floatType,
  graphField,
  modelField,
  nodeField,
  opsetField,
  opsetLeast,
  opsetMost,
  tensorField,
  typeField,
  valueField,
} from "./schema.ts";
import { bytesOf, type Fields, integerOf, integersOf, oneOf, readFields, textOf, textsOf } from "./wire.ts";

/** Longest ONNX file that is read, in bytes. */
const onnxLengthMax = 32 * 2 ** 20;

interface Tensor {
  readonly dims: readonly number[];
  readonly values: Float32Array;
}

interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: Float32Array;
  readonly biases: Float32Array;
}

const ensureOnnx: (condition: boolean, message: string) => asserts condition = (condition, message) =>
  ensureTrainer(condition, "onnx", message);

function floatsOf(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Float32Array.from({ length: bytes.length >>> 2 }, (_, i) => view.getFloat32(4 * i, true));
}

function readTensor(bytes: Uint8Array): [string, Tensor] {
  const fields = readFields(bytes);
  const name = textOf(fields, tensorField.name);
  const dims = integersOf(fields, tensorField.dims);
  ensureOnnx(integerOf(fields, tensorField.dataType) === floatType, `initializer "${name}" is not float32`);
  ensureOnnx(integerOf(fields, tensorField.dataLocation) === 0, `initializer "${name}" lies in another file`);
  const raw = oneOf(fields, tensorField.rawData);
  // float_data comes packed, or as one fixed32 a value.
  const data = raw.length > 0 ? raw : Buffer.concat(bytesOf(fields, tensorField.floatData));
  const size = dims.reduce((product, dim) => product * dim, 1);
  ensureOnnx(data.length === 4 * size, `initializer "${name}" does not fill its shape`);
  return [name, { dims, values: floatsOf(data) }];
}

function readInitializers(graph: Fields): Map<string, Tensor> {
  ensureOnnx(!graph.has(graphField.sparseInitializer), "sparse initializers");
  const entries = bytesOf(graph, graphField.initializer).map(readTensor);
  const tensors = new Map(entries);
  ensureOnnx(tensors.size === entries.length, "two initializers have one name");
  return tensors;
}

/**
 * Name and columns of a graph input or output, a float matrix; its rows, the batch, may be any or a symbol.
 */
function readMatrixInfo(bytes: Uint8Array): { name: string; columns: number } {
  const fields = readFields(bytes);
  const name = textOf(fields, valueField.name);
  const tensor = readFields(oneOf(readFields(oneOf(fields, valueField.type)), typeField.tensor));
  ensureOnnx(integerOf(tensor, typeField.elementType) === floatType, `"${name}" is not float32`);
  const dims = bytesOf(readFields(oneOf(tensor, typeField.shape)), typeField.dim).map(readFields);
  const [, columns] = dims;
  ensureOnnx(dims.length === 2 && columns !== undefined, `"${name}" is not a matrix`);
  return { name, columns: integerOf(columns, typeField.dimValue) };
}

interface Node {
  readonly opType: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: ReadonlyMap<string, number>;
}

function readAttribute(bytes: Uint8Array): [string, number] {
  const fields = readFields(bytes);
  const name = textOf(fields, attributeField.name);
  if (integerOf(fields, attributeField.type) === attributeType.int)
    return [name, integerOf(fields, attributeField.i)];
  ensureOnnx(integerOf(fields, attributeField.type) === attributeType.float, `attribute "${name}"`);
  const value = oneOf(fields, attributeField.f);
  // Some writers leave out a float of 0.
  return [name, value.length === 4 ? (floatsOf(value)[0] as number) : 0];
}

function readNode(bytes: Uint8Array): Node {
  const fields = readFields(bytes);
  const opType = textOf(fields, nodeField.opType);
  const outputs = textsOf(fields, nodeField.output);
  ensureOnnx(["", "ai.onnx"].includes(textOf(fields, nodeField.domain)), `${opType} of another domain`);
  ensureOnnx(outputs.length === 1, `${opType} with ${outputs.length} outputs`);
  const attributes = new Map(bytesOf(fields, nodeField.attribute).map(readAttribute));
  return { opType, inputs: textsOf(fields, nodeField.input), output: outputs[0] as string, attributes };
}

const gemmDefaults = new Map([
  ["alpha", 1],
  ["beta", 1],
  ["transA", 0],
]);

function transposed({ values, dims }: Tensor): Tensor {
  const [rows, columns] = dims as readonly [number, number];
  const turned = Float32Array.from(
    values,
    (_, at) => values[(at % rows) * columns + Math.floor(at / rows)] as number,
  );
  return { dims: [columns, rows], values: turned };
}

/** The layer of a Gemm with the default attributes, its weights brought to inputs × outputs. */
function readGemm({ attributes, inputs }: Node, tensors: Map<string, Tensor>): Layer {
  for (const [name, value] of attributes)
    ensureOnnx(name === "transB" || gemmDefaults.get(name) === value, `Gemm with ${name} ${value}`);
  const transB = attributes.get("transB") ?? 0;
  ensureOnnx(transB === 0 || transB === 1, `Gemm with transB ${transB}`);
  const take = (name: string | undefined): Tensor => {
    const tensor = tensors.get(name ?? "");
    ensureOnnx(tensor !== undefined, `Gemm without an initializer of its own at "${name}"`);
    tensors.delete(name ?? "");
    return tensor;
  };
  ensureOnnx(inputs.length === 3, "Gemm without weights or biases");
  const stored = take(inputs[1]);
  const biases = take(inputs[2]);
  ensureOnnx(stored.dims.length === 2, "the weights of a Gemm are not a matrix");
  const weights = transB === 1 ? transposed(stored) : stored;
  const [rows, columns] = weights.dims as readonly [number, number];
  ensureOnnx(
    biases.dims.length === 1 && biases.dims[0] === columns,
    "the biases of a Gemm have another size",
  );
  return { inputs: rows, outputs: columns, weights: weights.values, biases: biases.values };
}

/** Follows the nodes from the input to the output: Gemm, then Relu and Gemm for each further layer. */
function readLayers(graph: Fields, from: string, to: string): Layer[] {
  const tensors = readInitializers(graph);
  const nodes = bytesOf(graph, graphField.node).map(readNode);
  const layers: Layer[] = [];
  let value = from;
  for (const [i, node] of nodes.entries()) {
    const expected = i % 2 === 0 ? "Gemm" : "Relu";
    ensureOnnx(node.opType === expected, `node ${i} is ${node.opType}, not ${expected}`);
    ensureOnnx(node.inputs[0] === value, `node ${i} does not follow the node before it`);
    if (expected === "Gemm") layers.push(readGemm(node, tensors));
    else ensureOnnx(node.inputs.length === 1 && node.attributes.size === 0, `node ${i} is no plain Relu`);
    value = node.output;
  }
  ensureOnnx(nodes.length % 2 === 1 && value === to, "the last node is not a Gemm that gives the output");
  ensureOnnx(tensors.size === 0, "an initializer is not used");
  return layers;
}

function readGraph(bytes: Uint8Array): Fields {
  ensureOnnx(bytes.length <= onnxLengthMax, `file of ${bytes.length} bytes`);
  const model = readFields(bytes);
  const extended = model.has(modelField.functions) || model.has(modelField.trainingInfo);
  ensureOnnx(!extended, "functions or training info");
  const opsets = bytesOf(model, modelField.opsetImport).map(readFields);
  const [opset] = opsets;
  ensureOnnx(opsets.length === 1 && opset !== undefined, `${opsets.length} operator sets`);
  const version = integerOf(opset, opsetField.version);
  const known = ["", "ai.onnx"].includes(textOf(opset, opsetField.domain));
  ensureOnnx(known && version >= opsetLeast && version <= opsetMost, `operator set ${version}`);
  return readFields(oneOf(model, modelField.graph));
}

function architectureFrom(layers: readonly Layer[], inputs: number, logits: number): Architecture {
  let width = inputs;
  for (const [i, layer] of layers.entries()) {
    ensureOnnx(layer.inputs === width, `layer ${i} takes ${layer.inputs} values, not ${width}`);
    width = layer.outputs;
  }
  ensureOnnx(width === logits, `the output states ${logits} columns, not ${width}`);
  ensureOnnx(width !== 2, "two classes take one logit, of class 1");
  const hidden = layers.slice(0, -1).map((layer) => layer.outputs);
  const architecture = { inputs, hidden, classes: Math.max(2, width) };
  checkArchitecture(architecture);
  return architecture;
}

/**
 * The model of an ONNX file with the graph that exportOnnx writes, whoever wrote it: names, the batch and
 * transB are free, everything else is as there. Checks against `expected` where given. A parameter of exactly
 * 0 becomes tinyWeight. Refuses every other graph and numbers that are not finite with a TrainerError.
 */
export function importOnnx(bytes: Uint8Array, expected?: Architecture): Model {
  const graph = readGraph(bytes);
  const infos = bytesOf(graph, graphField.input).map(readMatrixInfo);
  const results = bytesOf(graph, graphField.output).map(readMatrixInfo);
  const [input] = infos;
  const [output] = results;
  ensureOnnx(infos.length === 1 && input !== undefined, `${infos.length} inputs`);
  ensureOnnx(results.length === 1 && output !== undefined, `${results.length} outputs`);
  const layers = readLayers(graph, input.name, output.name);
  const architecture = architectureFrom(layers, input.columns, output.columns);
  if (expected !== undefined) {
    const [found, wanted] = [architectureName(architecture), architectureName(expected)];
    ensureOnnx(found === wanted, `a model of ${found}, not of ${wanted}`);
  }
  const model = { architecture, weights: layers.flatMap(({ weights, biases }) => [weights, biases]) };
  checkModel(model);
  withoutZeros(model.weights);
  return model;
}
