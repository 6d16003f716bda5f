import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { toHex } from "#chain/bytes/hex.ts";
import { Artifacts } from "#prover/artifacts.ts";
import { EzklWorker } from "#prover/ezkl.ts";
import { readOnnx } from "#prover/onnx.ts";
import { chooseSettings } from "#prover/settings.ts";
import { shareWeights } from "#prover/share.ts";
import { devSrs, importSrs, srsFor } from "#prover/srs.ts";
import { checkSrs, deriveSrs, srsBytes } from "#prover/srs-file.ts";
import { network, newHome, python } from "./kit.ts";

let home = "";
let remove = async () => {};
let worker: EzklWorker;
let artifacts: Artifacts;
let bytes: Uint8Array;
before(async () => {
  ({ home, remove } = await newHome());
  artifacts = await Artifacts.open(home);
  worker = new EzklWorker({ python, root: home });
  const srs = await devSrs(artifacts, worker, 6);
  bytes = new Uint8Array(await readFile(join(home, srs.file)));
});
after(async () => {
  await worker.close();
  await remove();
});

const invalid = { code: "invalid_srs" };

/** The file with one byte changed. */
function altered(offset: number): Uint8Array {
  const copy = bytes.slice();
  copy[offset] = (copy[offset] as number) ^ 1;
  return copy;
}

test("the development string is made once, is sound, and says that it is insecure", async () => {
  const again = await devSrs(artifacts, worker, 6);
  assert.deepEqual(new Uint8Array(await readFile(join(home, again.file))), bytes);
  assert.equal(again.insecure, true);
  assert.equal(await checkSrs(bytes), 6);
});

test("a change of any power, generator or s·G2 is found", async () => {
  const end = bytes.length;
  const places = [4, 4 + 64, 4 + 64 * 40 + 33, 4 + 64 * 63, end - 256, end - 128, end - 1];
  for (const place of places) await assert.rejects(checkSrs(altered(place)), invalid, `byte ${place}`);
  const swapped = bytes.slice();
  swapped.copyWithin(4 + 64 * 5, 4 + 64 * 6, 4 + 64 * 7);
  await assert.rejects(checkSrs(swapped), invalid);
  for (const length of [0, 3, end - 1]) await assert.rejects(checkSrs(bytes.subarray(0, length)), invalid);
});

test("a shorter string is sound and of the same secret; a longer one cannot be made", async () => {
  const whole = await devSrs(artifacts, worker, 6);
  const half = await srsFor(artifacts, whole, 5);
  assert.deepEqual([half.logrows, half.insecure, toHex(half.srsG2)], [5, true, toHex(whole.srsG2)]);
  const short = new Uint8Array(await readFile(join(home, half.file)));
  assert.equal(short.length, srsBytes(5));
  assert.equal(await checkSrs(short), 5);
  assert.deepEqual(await deriveSrs(bytes, 4), await deriveSrs(short, 4));
  await assert.rejects(srsFor(artifacts, half, 6), invalid);
});

test("keys made with a derived string are those that EZKL makes with the whole one", async () => {
  await writeFile(join(home, "x.onnx"), shareWeights(readOnnx(network("lr-2", 2, 1))));
  const wanted = { onnx: "x.onnx", settings: "x.json", paramScale: 13 };
  const { logrows } = await chooseSettings(worker, wanted);
  await worker.call("compile", { ...wanted, circuit: "x.ezkl" });
  const whole = await devSrs(artifacts, worker, logrows + 1);
  const keys: Buffer[] = [];
  for (const { file: srs } of [whole, await srsFor(artifacts, whole, logrows)]) {
    await worker.call("setup", { circuit: "x.ezkl", vk: "x.vk", pk: "x.pk", srs });
    keys.push(await readFile(join(home, "x.vk")), await readFile(join(home, "x.pk")));
  }
  assert.deepEqual(keys.slice(0, 2), keys.slice(2));
});

test("a file that is not the published ceremony's is not imported", async () => {
  const path = join(home, "other.srs");
  await writeFile(path, bytes);
  await assert.rejects(importSrs(artifacts, path), invalid);
  await assert.rejects(importSrs(artifacts, join(home, "missing.srs")), invalid);
  await writeFile(path, "short");
  await assert.rejects(importSrs(artifacts, path), invalid);
});
