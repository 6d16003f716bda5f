import { concat } from "#chain/bytes/concat.ts";
import { type Architecture, architectureOf, checkArchitecture, layersOf } from "../architecture.ts";
import { checkModel, type Model, tinyWeight } from "../engine/model.ts";
import { tensorLengths } from "../engine/network.ts";
import { ensureTrainer } from "../error.ts";
import { randomOf } from "../random.ts";
import {
  attributeField,
  attributeType,
  floatType,
  graphField,
  irVersion,
  modelField,
  nodeField,
  opsetField,
  opsetVersion,
  tensorField,
  typeField,
  valueField,
} from "./schema.ts";
import { bytesField, floatField, integerField } from "./wire.ts";

/** How many inputs one run of the graph takes: the batch of the circuit template. */
export interface OnnxOptions {
  readonly batch: number;
}

/** Greatest batch of a graph. */
const batchMax = 256;

function littleEndian(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  // A parameter of exactly 0 would change the circuit's key.
  for (const [i, value] of values.entries()) view.setFloat32(4 * i, value === 0 ? tinyWeight : value, true);
  return bytes;
}

const tensor = (name: string, dims: readonly number[], values: Float32Array): Uint8Array =>
  bytesField(
    graphField.initializer,
    ...dims.map((dim) => integerField(tensorField.dims, dim)),
    integerField(tensorField.dataType, floatType),
    bytesField(tensorField.name, name),
    bytesField(tensorField.rawData, littleEndian(values)),
  );

const integerAttribute = (name: string, value: number): Uint8Array =>
  bytesField(
    nodeField.attribute,
    bytesField(attributeField.name, name),
    integerField(attributeField.i, value),
    integerField(attributeField.type, attributeType.int),
  );

const floatAttribute = (name: string, value: number): Uint8Array =>
  bytesField(
    nodeField.attribute,
    bytesField(attributeField.name, name),
    floatField(attributeField.f, value),
    integerField(attributeField.type, attributeType.float),
  );

function node(
  opType: string,
  inputs: readonly string[],
  output: string,
  attributes: readonly Uint8Array[] = [],
): Uint8Array {
  const names = inputs.map((input) => bytesField(nodeField.input, input));
  const result = bytesField(nodeField.output, output);
  return bytesField(graphField.node, ...names, result, bytesField(nodeField.opType, opType), ...attributes);
}

/** Every attribute is written, defaults too: no reader has to know them. */
const gemm = (input: string, layer: number, output: string): Uint8Array =>
  node("Gemm", [input, `W${layer}`, `b${layer}`], output, [
    floatAttribute("alpha", 1),
    floatAttribute("beta", 1),
    integerAttribute("transA", 0),
    integerAttribute("transB", 0),
  ]);

function matrixInfo(field: number, name: string, rows: number, columns: number): Uint8Array {
  const dims = [rows, columns].map((dim) => bytesField(typeField.dim, integerField(typeField.dimValue, dim)));
  const element = integerField(typeField.elementType, floatType);
  const type = bytesField(typeField.tensor, element, bytesField(typeField.shape, ...dims));
  return bytesField(field, bytesField(valueField.name, name), bytesField(valueField.type, type));
}

function graph({ architecture, weights }: Model, batch: number): Uint8Array {
  const layers = layersOf(architecture);
  const last = layers.length - 1;
  const nodes: Uint8Array[] = [];
  const tensors: Uint8Array[] = [];
  for (const [layer, { inputs, outputs }] of layers.entries()) {
    const output = layer === last ? "y" : `h${layer}`;
    nodes.push(gemm(layer === 0 ? "x" : `r${layer - 1}`, layer, output));
    if (layer < last) nodes.push(node("Relu", [output], `r${layer}`));
    tensors.push(tensor(`W${layer}`, [inputs, outputs], weights[2 * layer] as Float32Array));
    tensors.push(tensor(`b${layer}`, [outputs], weights[2 * layer + 1] as Float32Array));
  }
  const outputs = layers[last]?.outputs as number;
  const name = bytesField(graphField.name, "iterum");
  const input = matrixInfo(graphField.input, "x", batch, architecture.inputs);
  return concat(...nodes, name, ...tensors, input, matrixInfo(graphField.output, "y", batch, outputs));
}

/**
 * The ONNX file of a model: float input `x` [batch, inputs] of unscaled integers, float output `y`
 * [batch, logits], per layer Gemm and between layers Relu; no sigmoid or softmax, which the chain applies.
 * Initializers are W0 [inputs, outputs] row-major, b0, W1, b1 …: the order in which EZKL hashes parameters.
 * A parameter of exactly 0 becomes tinyWeight. The same model gives the same bytes.
 */
export function exportOnnx(model: Model, { batch }: OnnxOptions): Uint8Array {
  checkArchitecture(model.architecture);
  checkModel(model);
  ensureTrainer(Number.isInteger(batch) && batch >= 1 && batch <= batchMax, "onnx", `batch of ${batch}`);
  return concat(
    integerField(modelField.irVersion, irVersion),
    bytesField(modelField.producerName, "iterum"),
    bytesField(modelField.graph, graph(model, batch)),
    bytesField(
      modelField.opsetImport,
      bytesField(opsetField.domain, ""),
      integerField(opsetField.version, opsetVersion),
    ),
  );
}

/**
 * The file that stands for every model of an architecture, from which a circuit's key is made: the graph of
 * exportOnnx with fixed dummy parameters, none of them 0, between −1 and 1.
 */
export function templateOnnx(architecture: string | Architecture, options: OnnxOptions): Uint8Array {
  const sizes = typeof architecture === "string" ? architectureOf(architecture) : architecture;
  checkArchitecture(sizes);
  const random = randomOf("iterum/template/1");
  const weights = tensorLengths(layersOf(sizes)).map((length) =>
    Float32Array.from({ length }, () => (2 * random.below(1000) + 1) / 1000 - 1),
  );
  return exportOnnx({ architecture: sizes, weights }, options);
}
