import assert from "node:assert/strict";
import { chmod, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fromHex, toHex } from "#chain/bytes/hex.ts";
import { bigFromBytes } from "#chain/bytes/int.ts";
import { feltOf, words } from "#chain/protocol/field.ts";
import { poseidon } from "#chain/protocol/poseidon.ts";
import { quantizeFloat32 } from "#chain/protocol/quantize.ts";
import { checkTemplate, joinInstances, type Template } from "#chain/protocol/template.ts";
import { readVka, vkaDigest } from "#chain/protocol/vka.ts";
import { ProverClient } from "#prover/client.ts";
import type { ProverErrorCode } from "#prover/errors.ts";
import type { ProofResult } from "#prover/model.ts";
import { readOnnx, weightBits, withWeights } from "#prover/onnx.ts";
import { type ProverServer, startProver } from "#prover/server.ts";
import { chainTemplate, type TemplateArtifact } from "#prover/template.ts";
import { openToken, tokenFile } from "#prover/token.ts";
import { artifactFromBody, artifactToBody } from "#prover/wire.ts";
import { items, network, newHome, python } from "./kit.ts";

// One sidecar with real EZKL for all tests of this file: a logistic regression on 64 counts, batch of 8.

const name = "lr-64";
const onnx = network(name, 8, 7);
let home = "";
let remove = async () => {};
let server: ProverServer;
let client: ProverClient;
let artifact: TemplateArtifact;
let modelKey = "";

const options = (folder: string) => ({
  home: folder,
  python,
  port: 0,
  srs: { insecureDev: { logrows: 12 } },
  clients: ["operator", "guest"],
  limits: { perClientMax: 3, itemsMax: 32, modelsMax: 2 },
  templates: [{ name, onnx: network(name, 8, 1), batch: 8 }],
});

before(async () => {
  ({ home, remove } = await newHome());
  server = await startProver(options(home));
  client = new ProverClient(server);
  await server.prover.ready();
  const [state] = server.prover.templates();
  assert.ok(state?.status === "ready", state?.status === "failed" ? state.error.message : "");
  artifact = state.template.artifact;
  modelKey = (await client.registerModel(name, onnx)).modelKey;
});
after(async () => {
  await server.close();
  await remove();
});

const failsWith = (code: ProverErrorCode) => ({ name: "ProverError", code });
const clientOf = (who: string) =>
  new ProverClient({ url: server.url, token: server.tokens.get(who) as string });

/** The chain's template, with a stand-in for the hash of the compiled verifier, which nothing here runs. */
const template = (): Template =>
  chainTemplate(artifact, { transform: "sigmoid/1", classes: 2, verifierCodeHash: new Uint8Array(32) });

/** What the circuit must output, in exact integers: Σ x·round(w·2^13) + round(b·2^13). */
function expectedLogit(item: Int32Array): bigint {
  const weights = [...weightBits(readOnnx(onnx))].map((bits) => quantizeFloat32(bits, artifact.paramScale));
  const bias = weights.at(-1) as bigint;
  return [...item].reduce((sum, x, i) => sum + BigInt(x) * (weights[i] as bigint), bias);
}

/** EZKL's own verdict on a proof with these public values. */
async function nativeVerdict(proof: ProofResult, instances: readonly bigint[]): Promise<boolean> {
  const [state] = server.prover.templates();
  assert.ok(state?.status === "ready");
  const { settingsFile: settings, vkFile: vk, srs } = state.template;
  const file = {
    ...{ protocol: null, split: null, pretty_public_inputs: null, timestamp: null, version: "23.0.5" },
    instances: [instances.map((felt) => toHex(words([felt]).reverse()))],
    ...{ proof: [...proof.proof], hex_proof: `0x${toHex(proof.proof)}` },
  };
  await writeFile(join(home, "proof.json"), JSON.stringify(file));
  return (await server.prover.worker.call("verify", { proof: "proof.json", settings, vk, srs: srs.file }))
    .result.valid;
}

test("a template states its key, and travels as JSON", async () => {
  assert.deepEqual(artifactFromBody(JSON.parse(JSON.stringify(artifactToBody(artifact)))), artifact);
  const [body] = await client.templates();
  assert.deepEqual(body?.artifact && artifactFromBody(body.artifact), artifact);
  const header = readVka(artifact.vkaBytes);
  assert.deepEqual(artifact.vkaDigest, vkaDigest(artifact.vkaBytes));
  assert.deepEqual(
    [header.instanceCount, header.proofLength, header.logrows],
    [artifact.instanceCount, artifact.proofLength, artifact.logrows],
  );
  assert.deepEqual([artifact.logrows, artifact.inputScale, artifact.outputScale], [12, 0, 13]);
  assert.equal(artifact.srsInsecure, true);
  checkTemplate(template(), { srsG2: artifact.srsG2, verifierCodeHash: new Uint8Array(32) });
  assert.doesNotMatch(artifact.settingsCanonical, /timestamp/);
  assert.match(artifact.verifierSource, /contract Halo2VerifierReusable/);
});

test("predictions are the circuit's integers for any number of items, near the float preview", async () => {
  const inputs = items(11, 64, 3);
  const { logits, outputScale, preview } = await client.predict(modelKey, inputs);
  assert.deepEqual(
    logits,
    inputs.map((item) => [expectedLogit(item)]),
  );
  for (const [i, item] of preview.entries())
    assert.ok(Math.abs(Number(logits[i]?.[0]) / 2 ** outputScale - (item[0] as number)) < 0.01);
});

test("a proof shows hash, inputs (a short batch repeats its last) and logits, unchanged", async () => {
  const given = items(5, 64, 5);
  const inputs = Array.from({ length: 8 }, (_, i) => given[Math.min(i, 4)] as Int32Array);
  const steps: string[] = [];
  const proof = await client.prove(modelKey, given, {
    onProgress: ({ progress }) => steps.push(progress.step),
  });
  assert.deepEqual([...new Set(steps)].slice(-3), ["witness", "prove", "verify"]);
  const weights = [...weightBits(readOnnx(onnx))].map((bits) => quantizeFloat32(bits, 13));
  const params = poseidon(weights.map(feltOf));
  const outputs = inputs.map(expectedLogit);
  assert.deepEqual(proof.instances, joinInstances(template(), { params, inputs, outputs }));
  assert.equal(proof.proof.length, artifact.proofLength);
  const [model] = await client.models();
  assert.equal(bigFromBytes(fromHex(model?.paramsPoseidon as string)), params);
  assert.equal(await nativeVerdict(proof, proof.instances), true);
  for (const index of [0, 1, 300, 513, 520]) {
    const altered: bigint[] = proof.instances.map((felt, i) => (i === index ? felt + 1n : felt));
    assert.equal(await nativeVerdict(proof, altered), false, `public value ${index}`);
  }
});

test("wrong models are refused, each for its reason", async () => {
  const own = readOnnx(onnx);
  await assert.rejects(client.registerModel("lr-65", onnx), failsWith("unknown_template"));
  await assert.rejects(client.registerModel(name, new Uint8Array([1, 2, 3])), failsWith("invalid_onnx"));
  await assert.rejects(client.registerModel(name, network("mlp-64-4", 8, 1)), failsWith("graph_mismatch"));
  const zero = withWeights(own, (i) => (i === 9 ? 0 : 1));
  await assert.rejects(client.registerModel(name, zero), failsWith("zero_weight"));
  const infinite = withWeights(own, (i) => (i === 9 ? Number.POSITIVE_INFINITY : 1));
  await assert.rejects(client.registerModel(name, infinite), failsWith("invalid_onnx"));
  const second = await client.registerModel(name, network(name, 8, 2));
  await assert.rejects(client.registerModel(name, network(name, 8, 3)), failsWith("storage_full"));
  await client.removeModel(second.modelKey);
  assert.deepEqual(
    (await client.models()).map((model) => model.modelKey),
    [modelKey],
  );
  await assert.rejects(client.removeModel(second.modelKey), failsWith("unknown_model"));
});

test("wrong inputs are refused before any work", async () => {
  const starts = server.prover.worker.health.starts;
  const wrong: [ProverErrorCode, Int32Array[]][] = [
    ["invalid_input", items(1, 63, 1)],
    ["invalid_input", items(9, 64, 1)],
    ["invalid_request", []],
    ["invalid_request", [new Int32Array(64).fill(2 ** 24 + 1)]],
  ];
  for (const [code, inputs] of wrong) await assert.rejects(client.prove(modelKey, inputs), failsWith(code));
  await assert.rejects(client.predict(modelKey, items(33, 64, 1)), failsWith("invalid_input"));
  await assert.rejects(client.predict("00".repeat(32), items(1, 64, 1)), failsWith("unknown_model"));
  assert.equal(server.prover.worker.health.starts, starts);
});

test("only clients with a token are served, and only their own jobs are theirs", async () => {
  const get = (path: string, token?: string) =>
    fetch(`${server.url}${path}`, token ? { headers: { authorization: `Bearer ${token}` } } : {});
  assert.equal((await get("/health")).status, 200);
  for (const path of ["/v1/models", "/v1/templates", "/v1/jobs/00", "/nothing"])
    for (const token of [undefined, "", "0".repeat(64)]) assert.equal((await get(path, token)).status, 401);
  assert.equal((await get("/nothing", server.token)).status, 404);
  const { jobId } = await client.startProof(modelKey, items(8, 64, 1));
  await assert.rejects(clientOf("guest").job(jobId), failsWith("unknown_job"));
  await client.cancel(jobId);
  assert.equal((await server.prover.jobs.wait(jobId, "operator")).status, "canceled");
});

test("tokens lie in files that nobody else may read", async () => {
  const path = tokenFile(home, "operator");
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal(await openToken(home, "operator"), server.token);
  await chmod(path, 0o644);
  await assert.rejects(openToken(home, "operator"), failsWith("unauthorized"));
  await chmod(path, 0o600);
  await assert.rejects(openToken(home, "../operator"), failsWith("invalid_request"));
});

test("a client's jobs are limited; canceled ones make room, and another client is not held up", async () => {
  const jobs = [];
  for (let i = 0; i < 3; i++) jobs.push(await client.startProof(modelKey, items(8, 64, i)));
  await assert.rejects(client.startProof(modelKey, items(8, 64, 9)), failsWith("quota_exceeded"));
  const other = await clientOf("guest").startProof(modelKey, items(8, 64, 10));
  for (const { jobId } of jobs) await client.cancel(jobId);
  const stop = new AbortController();
  const started = { signal: stop.signal, onProgress: () => stop.abort() };
  await assert.rejects(client.prove(modelKey, items(8, 64, 11), started), failsWith("canceled"));
  assert.equal((await server.prover.jobs.wait(other.jobId, "guest")).status, "done");
});

test("a worker killed while it proves costs no proof", async () => {
  const { worker, jobs } = server.prover;
  const { jobId } = await client.startProof(modelKey, items(8, 64, 12));
  while (jobs.get(jobId, "operator").progress.step !== "prove") await sleep(5);
  const { starts } = worker.health;
  process.kill(worker.pid as number, "SIGKILL");
  assert.equal((await jobs.wait(jobId, "operator")).status, "done");
  assert.equal(worker.health.starts, starts + 1);
  assert.equal((await client.job(jobId)).proof?.instances.length, artifact.instanceCount);
});

test("a restarted prover has its templates and models at once", async () => {
  const before = artifactToBody(artifact);
  await server.close();
  server = await startProver({
    ...options(home),
    templates: [{ name, onnx: network(name, 8, 2), batch: 8, vkaDigest: artifact.vkaDigest }],
  });
  client = new ProverClient(server);
  await server.prover.ready();
  assert.equal(server.prover.worker.health.starts, 0);
  assert.deepEqual((await client.templates())[0]?.artifact, before);
  assert.equal((await client.models())[0]?.modelKey, modelKey);
});

test("a template that is not the chain's is not served", async () => {
  await server.close();
  const vkaDigest = new Uint8Array(32);
  server = await startProver({ ...options(home), templates: [{ name, onnx, batch: 8, vkaDigest }] });
  client = new ProverClient(server);
  await server.prover.ready();
  const [state] = await client.templates();
  assert.deepEqual([state?.status, state?.error?.code], ["failed", "settings_mismatch"]);
  await assert.rejects(client.registerModel(name, onnx), failsWith("settings_mismatch"));
});

test("other hosts than loopback are refused", async () => {
  await assert.rejects(startProver({ ...options(home), host: "0.0.0.0" }), failsWith("invalid_request"));
});
