import { mkdtemp, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { fromHex } from "#chain/bytes/hex.ts";
import { signedFelt, wordAt, words } from "#chain/protocol/field.ts";
import { EzklWorker } from "#prover/ezkl.ts";
import type { ZkSample } from "../zk.ts";

const python = fileURLToPath(new URL("../../../.cache/prover/bin/python", import.meta.url));

/** What a circuit gives for a batch: its logits, and a proof of them. */
export interface Proven {
  readonly logits: readonly bigint[];
  readonly proof: Uint8Array;
}

/** EZKL at work on the first model of a sample. */
export interface Bench {
  /** Poseidon hash of the model's weights, 32 bytes. */
  readonly paramsHash: Uint8Array;
  logits(batch: readonly Int32Array[]): Promise<readonly bigint[]>;
  prove(batch: readonly Int32Array[]): Promise<Proven>;
  close(): Promise<void>;
}

const felt = (text: string): bigint => signedFelt(wordAt(fromHex(text).reverse(), 0));

/** Starts EZKL in a folder of its own inside the sample's; `close` removes it. */
export async function proofBench(sample: ZkSample): Promise<Bench> {
  const draft = await mkdtemp(join(sample.folder, "bench-"));
  const worker = new EzklWorker({ python, root: sample.folder });
  const own = (file: string): string => `${basename(draft)}/${file}`;
  const [circuit, srs, witness, pk] = ["0.circuit", "srs", own("witness"), own("pk")] as const;
  const logits = async (batch: readonly Int32Array[]): Promise<readonly bigint[]> => {
    const inputs = batch.flatMap((values) => [...values]);
    const { result } = await worker.call("witness", { circuit, witness, inputs });
    return result.outputs.map(felt);
  };
  return {
    paramsHash: words([sample.statements[0]?.instances[0] as bigint]),
    logits,
    prove: async (batch) => {
      const found = await logits(batch);
      // The sample keeps no proving key; the same circuit gives the same one again.
      await worker.call("setup", { circuit, vk: own("vk"), pk, srs });
      const { result } = await worker.call("prove", { witness, circuit, pk, proof: own("proof.json"), srs });
      return { logits: found, proof: fromHex(result.proof.replace(/^0x/, "")) };
    },
    close: async () => {
      await worker.close();
      await rm(draft, { recursive: true, force: true });
    },
  };
}
