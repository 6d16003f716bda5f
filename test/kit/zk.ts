import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { sha256 } from "#chain/bytes/hash.ts";
import { fromHex, toHex } from "#chain/bytes/hex.ts";
import { fromUtf8, utf8 } from "#chain/bytes/utf8.ts";
import { wordAt } from "#chain/protocol/field.ts";
import type { ProofStatement } from "#chain/protocol/statement.ts";
import { paramsInputsOutputs, type Template, templateId } from "#chain/protocol/template.ts";
import { readVka, vkaDigest } from "#chain/protocol/vka.ts";
import { compileVerifier } from "#chain/verify/compile.ts";
import { templateKey } from "#chain/verify/key.ts";
import type { TemplateKey } from "#chain/verify/types.ts";
import { EzklWorker } from "#prover/ezkl.ts";
import { chooseSettings, settingsFacts } from "#prover/settings.ts";
import { type Plan, planOf, type ZkName } from "./zk-plans.ts";

// Real templates and proofs for tests: made once by EZKL (about 20 s of two cores), then kept in the cache
// folder under the hash of everything that goes into them.

const home = fileURLToPath(new URL("../../.cache/", import.meta.url));
const python = join(home, "prover/bin/python");
const lockMs = 250;

/** A template with proofs under it, and what the wheel's own verifier needs. */
export interface ZkSample {
  readonly template: Template;
  readonly key: TemplateKey;
  readonly statements: readonly ProofStatement[];
  /** Folder with settings.json, vk, srs and proof-0.json …, relative to the cache of this plan. */
  readonly folder: string;
}

const wheel = (root: string): EzklWorker => {
  if (!existsSync(python))
    throw new Error("EZKL is not installed: run `node scripts/setup.mjs --only prover`");
  return new EzklWorker({ python, root });
};

/** Runs the plan: settings, keys, verifier source, then one proof for every model and input. */
async function build(plan: Plan, root: string): Promise<void> {
  const worker = wheel(root);
  const [srs, settings, vk, pk] = ["srs", "settings.json", "vk", "pk"] as const;
  try {
    for (const [i, { onnx, inputs }] of plan.proofs.entries()) {
      const [graph, circuit, witness] = [`${i}.onnx`, `${i}.circuit`, `${i}.witness`];
      await writeFile(join(root, graph), onnx);
      if (i === 0) {
        const { logrows } = await chooseSettings(worker, { onnx: graph, settings, paramScale: 13 });
        await worker.call("gen_srs", { srs, logrows });
      }
      await worker.call("compile", { onnx: graph, circuit, settings });
      if (i === 0) {
        await worker.call("setup", { circuit, vk, pk, srs });
        await worker.call("evm", { vk, settings, srs, vka: "vka", verifier: "verifier.sol" });
      }
      await worker.call("witness", { circuit, witness, inputs });
      await worker.call("prove", { witness, circuit, pk, proof: `proof-${i}.json`, srs });
    }
  } finally {
    await worker.close();
  }
  await writeFile(
    join(root, "verifier.bin"),
    compileVerifier(await readFile(join(root, "verifier.sol"), "utf8")),
  );
  await rm(join(root, pk));
}

/** The folder of a built plan. Of several processes that want it, one builds and the others wait. */
async function built(plan: Plan): Promise<string> {
  const worker = await readFile(new URL("../../prover/worker/worker.py", import.meta.url));
  const inputs = utf8(JSON.stringify(plan.proofs.map((proof) => [toHex(sha256(proof.onnx)), proof.inputs])));
  const name = toHex(sha256(worker, inputs)).slice(0, 24);
  const artifacts = join(home, "test-artifacts");
  const [folder, lock] = [join(artifacts, name), join(artifacts, `${name}.lock`)];
  await mkdir(artifacts, { recursive: true });
  while (!existsSync(folder)) {
    if (await claimed(lock)) {
      const draft = await mkdtemp(join(artifacts, "draft-"));
      try {
        if (existsSync(folder)) break;
        await build(plan, draft);
        await rename(draft, folder);
      } finally {
        await rm(draft, { recursive: true, force: true });
        await rm(lock, { force: true });
      }
    } else await sleep(lockMs);
  }
  return folder;
}

/** Whether this process now holds the lock: a file with the id of its holder, taken over from a dead one. */
async function claimed(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch {
    const holder = Number(await readFile(lock, "utf8").catch(() => "0"));
    try {
      if (holder > 0) process.kill(holder, 0);
    } catch {
      await rm(lock, { force: true });
    }
    return false;
  }
}

interface ProofFile {
  readonly instances: readonly (readonly string[])[];
  readonly proof: readonly number[];
}

const readProof = async (folder: string, index: number): Promise<ProofFile> =>
  JSON.parse(await readFile(join(folder, `proof-${index}.json`), "utf8")) as ProofFile;

/** A felt as EZKL writes it: 32 little-endian bytes in hexadecimal. */
const feltFromHex = (text: string): bigint => wordAt(fromHex(text).reverse(), 0);
const feltToHex = (felt: bigint): string => toHex(fromHex(felt.toString(16).padStart(64, "0")).reverse());

/** The template of an architecture with its proofs; made on first use. */
export async function zkSample(name: ZkName): Promise<ZkSample> {
  const plan = planOf(name);
  const folder = await built(plan);
  const bytes = async (file: string) => new Uint8Array(await readFile(join(folder, file)));
  const [settings, vka, verifierCode] = await Promise.all(
    ["settings.json", "vka", "verifier.bin"].map(bytes),
  );
  if (!settings || !vka || !verifierCode) throw new Error("sample is incomplete");
  const { proofLength, srsG2 } = readVka(vka);
  const { inputScale, outputScale, logrows } = settingsFacts(fromUtf8(settings));
  const template: Template = {
    ...{ name, batch: plan.batch, inputSize: plan.inputSize, classes: 2, transform: "sigmoid/1" },
    ...{ inputScale, outputScale, logrows, settings, vka, vkaDigest: vkaDigest(vka) },
    ...{ verifierCodeHash: keccak_256(verifierCode), srsG2, proofLength },
    instanceLayout: paramsInputsOutputs,
  };
  const id = templateId(template);
  const files = await Promise.all(plan.proofs.map((_, i) => readProof(folder, i)));
  const statements = files.map(({ instances, proof }) => ({
    ...{ templateId: id, proof: Uint8Array.from(proof) },
    instances: (instances[0] ?? []).map(feltFromHex),
  }));
  return { template, key: templateKey(template, verifierCode), statements, folder };
}

/** The wheel's own verdicts on statements of a sample, in order. */
export async function wheelVerdicts(
  sample: ZkSample,
  statements: readonly ProofStatement[],
): Promise<boolean[]> {
  const draft = await mkdtemp(join(sample.folder, "check-"));
  const worker = wheel(sample.folder);
  const [settings, vk, srs] = ["settings.json", "vk", "srs"] as const;
  const original = await readProof(sample.folder, 0);
  const verdicts: boolean[] = [];
  try {
    for (const { instances, proof } of statements) {
      const file = { ...original, instances: [instances.map(feltToHex)] };
      const altered = { ...file, proof: [...proof], hex_proof: `0x${toHex(proof)}` };
      const path = join(draft, "proof.json");
      await writeFile(path, JSON.stringify(altered));
      const relative = path.slice(sample.folder.length + 1);
      verdicts.push((await worker.call("verify", { proof: relative, settings, vk, srs })).result.valid);
    }
  } finally {
    await worker.close();
    await rm(draft, { recursive: true, force: true });
  }
  return verdicts;
}
