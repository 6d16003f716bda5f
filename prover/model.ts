import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fromHex, toHex } from "#chain/bytes/hex.ts";
import { bigFromBytes } from "#chain/bytes/int.ts";
import { taggedHash } from "#chain/bytes/tagged.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { feltOf, signedFelt } from "#chain/protocol/field.ts";
import { ensure } from "./errors.ts";
import type { JobContext } from "./jobs.ts";
import { readOnnx, sameGraph } from "./onnx.ts";
import { checkParamsHash, feltFromHex, paramsPoseidon } from "./params.ts";
import { shareWeights } from "./share.ts";
import type { ProverDeps, ReadyTemplate } from "./template.ts";

/** Inputs lie within ±2²⁴: integers that a float32, as ONNX has them, holds exactly. */
export const inputMagnitudeMax = 2 ** 24;

/** A registered model: weights compiled into its template's circuit. */
export interface ReadyModel {
  /** Its address on this prover: hash of template and weights, hexadecimal. The chain's id adds the owner. */
  readonly modelKey: string;
  /** Name of its template. */
  readonly template: string;
  /** Poseidon hash of the weights, 32 big-endian bytes: what the chain registers. */
  readonly paramsPoseidon: Uint8Array;
  /** Digest of its template's verification key, hexadecimal. */
  readonly vkaDigest: string;
  /** Paths relative to the prover's home. */
  readonly circuitFile: string;
  readonly onnxFile: string;
}

/** A proof in the form that the chain takes. */
export interface ProofResult {
  /** Public values in circuit order: hash of the weights, inputs item after item, logits item after item. */
  readonly instances: readonly bigint[];
  readonly proof: Uint8Array;
  /** Time of the proof itself, and its processor time, milliseconds. */
  readonly proveMs: number;
  readonly proveCpuMs: number;
}

const kept = ["model.json", "model.onnx", "net.ezkl"] as const;

interface ModelRecord {
  readonly template: string;
  readonly vkaDigest: string;
  readonly paramsPoseidon: string;
}

/**
 * Takes a model: the ONNX file must differ from its template's only in weights, none of which may be zero;
 * our hash of the weights must be the circuit's. Throws ProverError invalid_onnx, graph_mismatch,
 * zero_weight, settings_mismatch, ezkl_failed, storage_full.
 */
export async function registerModel(
  deps: ProverDeps,
  template: ReadyTemplate,
  onnxBytes: Uint8Array,
  context?: JobContext,
): Promise<ReadyModel> {
  const onnx = readOnnx(onnxBytes);
  const { artifact } = template;
  ensure(
    sameGraph(template.graph, onnx),
    "graph_mismatch",
    `the graph is not that of template ${artifact.name}`,
  );
  const hash = paramsPoseidon(onnx, artifact.paramScale);
  const modelKey = toHex(taggedHash("iterum/prover/model/v1", utf8(artifact.name), artifact.vkaDigest, hash));
  const known = await loadModel(deps, modelKey);
  if (known) return known;
  const { worker, artifacts } = deps;
  await artifacts.withWorkspace(async (workspace) => {
    const [file, circuit] = [workspace.file("circuit.onnx"), workspace.file("net.ezkl")];
    await writeFile(join(workspace.path, "model.onnx"), onnxBytes);
    await writeFile(join(workspace.path, "circuit.onnx"), shareWeights(onnx));
    context?.progress("circuit", 0, 2);
    await worker.call("compile", { onnx: file, circuit, settings: template.settingsFile }, context?.signal);
    context?.progress("check", 1, 2);
    const inputs = new Array<number>(artifact.batch * artifact.inputsPerItem).fill(1);
    const args = { circuit, witness: workspace.file("witness.json"), inputs };
    const { result } = await worker.call("witness", args, context?.signal);
    checkParamsHash(onnx, artifact.paramScale, result.params);
    const [vkaDigest, poseidonHex] = [toHex(artifact.vkaDigest), toHex(hash)];
    const record: ModelRecord = { template: artifact.name, vkaDigest, paramsPoseidon: poseidonHex };
    await writeFile(join(workspace.path, "model.json"), JSON.stringify(record));
    await artifacts.keep("models", modelKey, workspace, kept);
  });
  const made = await loadModel(deps, modelKey);
  ensure(made, "corrupt_artifact", "the model just kept is not whole");
  return made;
}

/** A model registered earlier; undefined when it is not on the disk, or no longer whole. */
export async function loadModel(
  { artifacts }: ProverDeps,
  modelKey: string,
): Promise<ReadyModel | undefined> {
  const folder = await artifacts.find("models", modelKey);
  if (folder === undefined) return undefined;
  const record = JSON.parse(
    (await artifacts.read(join(folder, "model.json"))).toString("utf8"),
  ) as ModelRecord;
  return {
    modelKey,
    template: record.template,
    vkaDigest: record.vkaDigest,
    paramsPoseidon: fromHex(record.paramsPoseidon),
    circuitFile: join(folder, "net.ezkl"),
    onnxFile: join(folder, "model.onnx"),
  };
}

/** Refuses inputs that are not tensors of the template's size within ±2²⁴. */
export function checkInputs(template: ReadyTemplate, inputs: readonly Int32Array[]): void {
  const { inputsPerItem } = template.artifact;
  for (const [i, item] of inputs.entries()) {
    ensure(
      item.length === inputsPerItem,
      "invalid_input",
      `item ${i} has ${item.length} values, not ${inputsPerItem}`,
    );
    const fits = item.every((value) => value >= -inputMagnitudeMax && value <= inputMagnitudeMax);
    ensure(fits, "invalid_input", `item ${i} has a value beyond ±2²⁴`);
  }
}

/** One batch of exactly the template's size: a short one repeats its last item. */
const fullBatch = (items: readonly Int32Array[], batch: number): Int32Array[] =>
  Array.from({ length: batch }, (_, i) => items[Math.min(i, items.length - 1)] as Int32Array);

/** Runs the circuit on one batch; gives its logits as field elements, after checking the inputs it saw. */
async function witness(
  { worker }: ProverDeps,
  circuit: string,
  file: string,
  batch: readonly Int32Array[],
  signal: AbortSignal | undefined,
): Promise<bigint[]> {
  const inputs = batch.flatMap((item) => [...item]);
  const { result } = await worker.call("witness", { circuit, witness: file, inputs }, signal);
  const seen = result.inputs.map(feltFromHex);
  const same = seen.length === inputs.length && inputs.every((value, i) => feltOf(BigInt(value)) === seen[i]);
  ensure(same, "settings_mismatch", "the circuit saw other inputs");
  return result.outputs.map(feltFromHex);
}

/**
 * A model's logits exactly as its circuit computes them: signed integers in units of 2^−outputScale, one
 * array an item. Any number of items, in batches of the template's. Throws ProverError invalid_input, ….
 */
export async function predict(
  deps: ProverDeps,
  template: ReadyTemplate,
  model: ReadyModel,
  inputs: readonly Int32Array[],
  context?: JobContext,
): Promise<bigint[][]> {
  checkInputs(template, inputs);
  const { batch, outputsPerItem } = template.artifact;
  const total = Math.ceil(inputs.length / batch);
  return deps.artifacts.withWorkspace(async (workspace) => {
    const logits: bigint[][] = [];
    for (let done = 0; done < total; done++) {
      context?.progress("witness", done, total);
      const items = inputs.slice(done * batch, (done + 1) * batch);
      const file = workspace.file("witness.json");
      const felts = await witness(deps, model.circuitFile, file, fullBatch(items, batch), context?.signal);
      for (let i = 0; i < items.length; i++)
        logits.push(felts.slice(i * outputsPerItem, (i + 1) * outputsPerItem).map(signedFelt));
    }
    return logits;
  });
}

/**
 * Proves a model's logits on one batch (1 … batch items; a short one repeats its last item), and checks the
 * proof with EZKL's own verifier before giving it away. Throws ProverError invalid_input, proof_invalid, ….
 */
export async function prove(
  deps: ProverDeps,
  template: ReadyTemplate,
  model: ReadyModel,
  inputs: readonly Int32Array[],
  context?: JobContext,
): Promise<ProofResult> {
  const { artifact, pkFile: pk, srs, vkFile: vk, settingsFile: settings } = template;
  const { worker } = deps;
  const sizeFits = inputs.length >= 1 && inputs.length <= artifact.batch;
  ensure(sizeFits, "invalid_input", `a proof covers 1 to ${artifact.batch} items`);
  checkInputs(template, inputs);
  const batch = fullBatch(inputs, artifact.batch);
  const signal = context?.signal;
  return deps.artifacts.withWorkspace(async (workspace) => {
    const [file, proofFile] = [workspace.file("witness.json"), workspace.file("proof.json")];
    const circuit = model.circuitFile;
    context?.progress("witness", 0, 3);
    const outputs = await witness(deps, circuit, file, batch, signal);
    context?.progress("prove", 1, 3);
    const args = { witness: file, circuit, pk, proof: proofFile, srs: srs.file };
    const { result, usage } = await worker.call("prove", args, signal);
    context?.progress("verify", 2, 3);
    const checked = await worker.call("verify", { proof: proofFile, settings, vk, srs: srs.file }, signal);
    ensure(checked.result.valid, "proof_invalid", "EZKL refuses its own proof: the model has another key");
    const instances = result.instances.map(feltFromHex);
    const inputFelts = batch.flatMap((item) => Array.from(item, (value) => feltOf(BigInt(value))));
    const expected = [bigFromBytes(model.paramsPoseidon), ...inputFelts, ...outputs];
    const same = instances.length === expected.length && expected.every((value, i) => value === instances[i]);
    ensure(same, "proof_invalid", "the proof shows other public values");
    const proof = fromHex(result.proof.replace(/^0x/, ""));
    ensure(proof.length === artifact.proofLength, "proof_invalid", `a proof of ${proof.length} bytes`);
    return { instances, proof, proveMs: usage.wallMs, proveCpuMs: usage.cpuMs };
  });
}
