import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { toHex } from "#chain/bytes/hex.ts";
import { ProverError } from "#prover/errors.ts";
import { EzklWorker } from "#prover/ezkl.ts";
import { readOnnx } from "#prover/onnx.ts";
import { preview } from "#prover/preview.ts";
import { chooseSettings } from "#prover/settings.ts";
import { shareWeights } from "#prover/share.ts";
import { items, network, newHome, python } from "./kit.ts";

// Does a proof show the outputs of the weights whose hash it carries? EZKL 23.0.5 alone does not ensure it:
// in a graph that uses a weight once, the weight is not the one hashed (prover/share.ts).

let root = "";
let remove = async () => {};
let worker: EzklWorker;
before(async () => {
  ({ home: root, remove } = await newHome());
  worker = new EzklWorker({ python, root });
});
after(async () => {
  await worker.close();
  await remove();
});

/** The same file, weights and all, but its first Gemm takes its (square) weights transposed. */
function transposed(file: Uint8Array): Uint8Array {
  const out = Buffer.from(file);
  const value = out.indexOf("transB") + "transB".length;
  assert.deepEqual([out[value], out[value + 1]], [0x18, 0], "the attribute's field i is 0");
  out[value + 1] = 1;
  return out;
}

/** Key, proof and public values of a graph on one input. */
async function proveGraph(name: string, onnx: Uint8Array, inputs: readonly number[]) {
  const file = (suffix: string) => `${name}.${suffix}`;
  await writeFile(join(root, file("onnx")), onnx);
  const [settings, circuit] = [file("json"), file("ezkl")];
  const { logrows } = await chooseSettings(worker, { onnx: file("onnx"), settings, paramScale: 13 });
  const srs = `k${logrows}.srs`;
  await readFile(join(root, srs)).catch(() => worker.call("gen_srs", { srs, logrows }));
  await worker.call("compile", { onnx: file("onnx"), circuit, settings });
  await worker.call("setup", { circuit, vk: file("vk"), pk: file("pk"), srs });
  await worker.call("evm", { vk: file("vk"), settings, srs, vka: file("vka") });
  await worker.call("witness", { circuit, witness: file("witness"), inputs });
  const keys = { witness: file("witness"), circuit, srs };
  const { result } = await worker.call("prove", { ...keys, pk: file("pk"), proof: file("proof") });
  return { vka: toHex(await readFile(join(root, file("vka")))), instances: result.instances, srs };
}

test("graphs that use the same weights differently have keys that refuse each other's proofs", async () => {
  const straight = network("mlp-4-4", 2, 1);
  const turned = transposed(straight);
  const inputs = items(2, 4, 1).flatMap((item) => [...item]);
  const a = await proveGraph("straight", shareWeights(readOnnx(straight)), inputs);
  const b = await proveGraph("turned", shareWeights(readOnnx(turned)), inputs);
  assert.equal(a.instances[0], b.instances[0], "the hash of the weights is the same");
  assert.notDeepEqual(a.instances.slice(-2), b.instances.slice(-2), "the outputs are not");
  assert.notEqual(a.vka, b.vka);
  const verdict = async (proof: string, of: string) => {
    const keys = { settings: `${of}.json`, vk: `${of}.vk`, srs: a.srs };
    return (await worker.call("verify", { proof: `${proof}.proof`, ...keys })).result.valid;
  };
  assert.equal(await verdict("straight", "straight"), true);
  assert.equal(await verdict("turned", "turned"), true);
  assert.equal(await verdict("turned", "straight"), false);
  assert.equal(await verdict("straight", "turned"), false);
});

test("a circuit whose graph uses a weight once is refused", async () => {
  await writeFile(join(root, "plain.onnx"), network("lr-4", 2, 1));
  const call = chooseSettings(worker, { onnx: "plain.onnx", settings: "plain.json", paramScale: 13 });
  await assert.rejects(call, (error) => error instanceof ProverError && /used once/.test(error.message));
});

test("the graph with shared weights computes the same, for even and odd batches", async () => {
  for (const [name, batch] of [
    ["lr-4", 2],
    ["mlp-4-3", 5],
    ["mlp-4-3-k3", 8],
  ] as const) {
    const onnx = network(name, batch, 3);
    const inputs = items(batch + 1, 4, 2);
    assert.deepEqual(await preview(shareWeights(readOnnx(onnx)), inputs), await preview(onnx, inputs));
  }
});

test("keys depend on neither weights nor their signs, sizes or repetition", async () => {
  const base = readOnnx(shareWeights(readOnnx(network("lr-4", 2, 1))));
  const view = new DataView(base.bytes.buffer, base.bytes.byteOffset);
  const variants: ((index: number) => number)[] = [
    (i) => i - 2.5,
    () => 0.25,
    (i) => (i % 2 ? 1e-6 : -1e-6),
    (i) => 1000 + i,
  ];
  const keys: string[] = [];
  for (const [v, weight] of variants.entries()) {
    let index = 0;
    for (const { offset, count } of base.tensors)
      for (let i = 0; i < count; i++) view.setFloat32(offset + 4 * i, weight(index++), true);
    keys.push((await proveGraph(`variant${v}`, base.bytes.slice(), [1, 2, 3, 0, 0, 1, 2, 3])).vka);
  }
  assert.equal(new Set(keys).size, 1);
});
