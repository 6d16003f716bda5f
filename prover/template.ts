import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { equalBytes } from "#chain/bytes/compare.ts";
import { sha256 } from "#chain/bytes/hash.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { u32be } from "#chain/bytes/int.ts";
import { taggedHash } from "#chain/bytes/tagged.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { paramsInputsOutputs, type Template } from "#chain/protocol/template.ts";
import { readVka, vkaDigest } from "#chain/protocol/vka.ts";
import type { Artifacts, Workspace } from "./artifacts.ts";
import { ensure } from "./errors.ts";
import { type EzklWorker, ezklVersion } from "./ezkl.ts";
import type { JobContext } from "./jobs.ts";
import { type OnnxModel, readOnnx, withWeights } from "./onnx.ts";
import { checkParamsHash } from "./params.ts";
import { chooseSettings, type SettingsFacts, settingsFacts } from "./settings.ts";
import { shareWeights } from "./share.ts";
import { type Srs, srsFor } from "./srs.ts";

/** What every step of the prover works with. */
export interface ProverDeps {
  readonly artifacts: Artifacts;
  readonly worker: EzklWorker;
}

/** A public architecture to make a template of. */
export interface TemplateSource {
  /** Name in the game, e.g. "lr-64". */
  readonly name: string;
  /** ONNX graph with any weights: one float input [batch, inputs], one float output [batch, logits]. */
  readonly onnx: Uint8Array;
  /** Items that one proof covers. */
  readonly batch: number;
  /** Bits after the binary point of weights; 13 unless given. */
  readonly paramScale?: number;
}

/** All that a chain, a verifier or another prover needs of a template; nothing of it depends on weights. */
export interface TemplateArtifact extends SettingsFacts {
  readonly name: string;
  readonly batch: number;
  readonly inputsPerItem: number;
  readonly outputsPerItem: number;
  /** Number of weights, which the first public value is the hash of. */
  readonly paramsCount: number;
  /** SHA-256 of the canonical settings' bytes, 32 bytes. */
  readonly settingsHash: Uint8Array;
  /** Verification key file: a count of eight bytes, then words of 32. */
  readonly vkaBytes: Uint8Array;
  /** Keccak-256 of the words, 32 bytes. */
  readonly vkaDigest: Uint8Array;
  /** Order of the public values (chain/protocol/template.ts). */
  readonly instanceLayout: string;
  readonly instanceCount: number;
  /** Exact length of a proof, bytes. */
  readonly proofLength: number;
  /** s·G2 of the reference string, as in the verification key. */
  readonly srsG2: Uint8Array;
  /** True when the reference string's secret was known to somebody: for development only. */
  readonly srsInsecure: boolean;
  /** Solidity source of EZKL's reusable verifier, the same for every template. */
  readonly verifierSource: string;
  /** The graph with its dummy weights: what another prover needs to make the same template. */
  readonly onnx: Uint8Array;
}

/** A template with the files to prove under it. */
export interface ReadyTemplate {
  readonly artifact: TemplateArtifact;
  readonly graph: OnnxModel;
  readonly srs: Srs;
  /** Paths relative to the prover's home. */
  readonly settingsFile: string;
  readonly vkFile: string;
  readonly pkFile: string;
}

const kept = [
  "template.json",
  "settings.json",
  "vk.key",
  "vka.bytes",
  "verifier.sol",
  "template.onnx",
] as const;

/** What template.json keeps beside the other files. */
interface TemplateRecord {
  readonly pkSha256: string;
  readonly srsLogrows: number;
}

/** Weights that stand in for a model's: never zero, not alike, of either sign, the same everywhere. */
const dummyWeight = (index: number): number => (((index * 97) % 255) - 127.5) / 256;

/** The graph with dummy weights, its shapes checked against the batch. */
function readGraph(source: TemplateSource): OnnxModel {
  const onnx = readOnnx(source.onnx);
  const shapes = [onnx.input.dims, onnx.output.dims];
  for (const dims of shapes)
    ensure(dims.length === 2 && dims[0] === source.batch, "invalid_onnx", "shapes are not [batch, size]");
  ensure(onnx.tensors.length > 0, "invalid_onnx", "the graph has no weights");
  return readOnnx(withWeights(onnx, dummyWeight));
}

/** Address of a template: everything that goes into it. */
const templateKey = (graph: OnnxModel, source: TemplateSource, paramScale: number, srs: Srs): string =>
  toHex(
    taggedHash(
      "iterum/prover/template/v1",
      utf8(ezklVersion),
      graph.bytes,
      u32be(source.batch),
      u32be(paramScale),
      srs.srsG2,
    ),
  );

/**
 * The template of an architecture: from the disk, or made now. Depends on graph, scales and reference string
 * only: the weights given are replaced by dummies, the settings are canonical, and keys of hashed parameters
 * do not depend on them. Throws ProverError invalid_onnx, ezkl_failed, settings_mismatch, invalid_srs, ….
 */
export async function buildTemplate(
  deps: ProverDeps,
  source: TemplateSource,
  srs: Srs,
  context?: JobContext,
): Promise<ReadyTemplate> {
  const graph = readGraph(source);
  const paramScale = source.paramScale ?? 13;
  const key = templateKey(graph, source, paramScale, srs);
  const known = await loadTemplate(deps, source, key, srs);
  if (known) return known;
  await deps.artifacts.withWorkspace(async (workspace) => {
    const record = await makeFiles(deps, graph, paramScale, srs, workspace, context);
    await writeFile(join(workspace.path, "template.json"), JSON.stringify(record));
    await deps.artifacts.keep("templates", key, workspace, kept);
  });
  const made = await loadTemplate(deps, source, key, srs);
  ensure(made, "corrupt_artifact", "the template just made is not whole");
  return made;
}

async function makeFiles(
  deps: ProverDeps,
  graph: OnnxModel,
  paramScale: number,
  srs: Srs,
  workspace: Workspace,
  context: JobContext | undefined,
): Promise<TemplateRecord> {
  const { worker, artifacts } = deps;
  const signal = context?.signal;
  const onnx = workspace.file("circuit.onnx");
  const settings = workspace.file("settings.json");
  const circuit = workspace.file("net.ezkl");
  const [vk, pk] = [workspace.file("vk.key"), workspace.file("pk.key")];
  await writeFile(join(workspace.path, "template.onnx"), graph.bytes);
  await writeFile(join(workspace.path, "circuit.onnx"), shareWeights(graph));
  context?.progress("settings", 0, 5);
  const facts = await chooseSettings(worker, { onnx, settings, paramScale }, signal);
  context?.progress("reference string", 1, 5);
  const exact = await srsFor(artifacts, srs, facts.logrows);
  context?.progress("circuit", 2, 5);
  await worker.call("compile", { onnx, circuit, settings }, signal);
  const inputs = new Array<number>(graph.input.dims.reduce((product, size) => product * size, 1)).fill(1);
  const shown = await worker.call(
    "witness",
    { circuit, witness: workspace.file("witness.json"), inputs },
    signal,
  );
  checkParamsHash(graph, paramScale, shown.result.params);
  context?.progress("keys", 3, 5);
  await worker.call("setup", { circuit, vk, pk, srs: exact.file }, signal);
  context?.progress("verifier", 4, 5);
  const [vka, verifier] = [workspace.file("vka.bytes"), workspace.file("verifier.sol")];
  await worker.call("evm", { vk, settings, srs: exact.file, vka, verifier }, signal);
  return { pkSha256: await artifacts.keepKey(workspace, "pk.key"), srsLogrows: facts.logrows };
}

async function loadTemplate(
  { artifacts }: ProverDeps,
  source: TemplateSource,
  key: string,
  srs: Srs,
): Promise<ReadyTemplate | undefined> {
  const folder = await artifacts.find("templates", key);
  if (folder === undefined) return undefined;
  const path = (name: (typeof kept)[number]) => join(artifacts.home, folder, name);
  const record = JSON.parse(await readFile(path("template.json"), "utf8")) as TemplateRecord;
  const pkFile = await artifacts.findKey(record.pkSha256);
  if (pkFile === undefined) {
    await artifacts.remove("templates", key);
    return undefined;
  }
  const settingsCanonical = await readFile(path("settings.json"), "utf8");
  const graph = readOnnx(new Uint8Array(await readFile(path("template.onnx"))));
  const vkaBytes = new Uint8Array(await readFile(path("vka.bytes")));
  const verifierSource = await readFile(path("verifier.sol"), "utf8");
  const artifact = describe(source, graph, settingsCanonical, vkaBytes, verifierSource, srs);
  const file = (name: (typeof kept)[number]) => join(folder, name);
  const exact = await srsFor(artifacts, srs, record.srsLogrows);
  return { artifact, graph, srs: exact, pkFile, settingsFile: file("settings.json"), vkFile: file("vk.key") };
}

function describe(
  source: TemplateSource,
  graph: OnnxModel,
  settingsCanonical: string,
  vkaBytes: Uint8Array,
  verifierSource: string,
  srs: Srs,
): TemplateArtifact {
  const facts = settingsFacts(settingsCanonical);
  const header = readVka(vkaBytes);
  const [inputsPerItem, outputsPerItem] = [graph.input.dims[1] as number, graph.output.dims[1] as number];
  const instanceCount = 1 + source.batch * (inputsPerItem + outputsPerItem);
  ensure(header.instanceCount === instanceCount, "settings_mismatch", "the key has other public values");
  ensure(header.logrows === facts.logrows, "settings_mismatch", "the key has other rows");
  ensure(equalBytes(header.srsG2, srs.srsG2), "settings_mismatch", "the key has another reference string");
  return {
    ...facts,
    name: source.name,
    batch: source.batch,
    inputsPerItem,
    outputsPerItem,
    paramsCount: graph.tensors.reduce((total, { count }) => total + count, 0),
    settingsHash: sha256(utf8(settingsCanonical)),
    vkaBytes,
    vkaDigest: vkaDigest(vkaBytes),
    instanceLayout: paramsInputsOutputs,
    instanceCount,
    proofLength: header.proofLength,
    srsG2: header.srsG2,
    srsInsecure: srs.insecure,
    verifierSource,
    onnx: graph.bytes,
  };
}

/** The template as the chain holds it, once its verifier is compiled and its transform chosen. */
export const chainTemplate = (
  artifact: TemplateArtifact,
  chosen: { readonly transform: string; readonly classes: number; readonly verifierCodeHash: Uint8Array },
): Template => ({
  name: artifact.name,
  batch: artifact.batch,
  inputSize: artifact.inputsPerItem,
  inputScale: artifact.inputScale,
  outputScale: artifact.outputScale,
  logrows: artifact.logrows,
  settings: utf8(artifact.settingsCanonical),
  vka: artifact.vkaBytes,
  vkaDigest: artifact.vkaDigest,
  srsG2: artifact.srsG2,
  proofLength: artifact.proofLength,
  instanceLayout: artifact.instanceLayout,
  ...chosen,
});
