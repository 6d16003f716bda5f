import { availableParallelism } from "node:os";
import { words } from "#chain/protocol/field.ts";
import type { ProofStatement } from "#chain/protocol/statement.ts";
import { createMclBn254 } from "#chain/verify/bn254.ts";
import { createMachine, type ProofJob, type VerifierMachine } from "#chain/verify/machine.ts";
import { startVerifier } from "#chain/verify/verifier.ts";
import { zkSample } from "../kit/zk.ts";

const RUNS = 20;
const ALTERED = 40;

/** Figures of one template. */
export interface VerifyFigures {
  readonly publicValues: number;
  readonly proofBytes: number;
  readonly gas: bigint;
  /** Median of a verification in this thread, ms, with mcl-wasm and with the EVM package's noble. */
  readonly mclMs: number;
  readonly nobleMs: number;
}

/**
 * How long a proof of inference takes to verify, per template; how many different proofs a second all worker
 * threads verify together; memory of a thread; the time to a first verdict after start.
 */
export async function benchVerify(): Promise<{
  readonly templates: Readonly<Record<string, VerifyFigures>>;
  readonly startMs: number;
  readonly proofsPerSecond: number;
  readonly threadMegabytes: number;
}> {
  const templates: Record<string, VerifyFigures> = {};
  for (const name of ["lr-4", "lr-64", "mlp-64-4"] as const) {
    const { key, statements } = await zkSample(name);
    const { instances, proof } = statements[0] as ProofStatement;
    const job = { ...key, instances: words(instances), proof };
    const mcl = await createMachine(key.verifierCode, await createMclBn254());
    const noble = await createMachine(key.verifierCode);
    const { gasUsed } = await mcl.verify(job);
    templates[name] = {
      ...{ publicValues: instances.length, proofBytes: proof.length, gas: gasUsed },
      ...{ mclMs: await medianMs(mcl, job), nobleMs: await medianMs(noble, job) },
    };
  }
  return { templates, ...(await benchThreads()) };
}

async function medianMs(machine: VerifierMachine, job: Omit<ProofJob, "verifierCode">): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now();
    await machine.verify(job);
    times.push(performance.now() - start);
  }
  return Math.round(times.sort((a, b) => a - b)[RUNS >> 1] as number);
}

/** Proofs that fail only at the pairing, the dearest end: a byte of the last evaluation is altered. */
async function benchThreads() {
  const { key, statements } = await zkSample("lr-64");
  const honest = statements[0] as ProofStatement;
  const before = process.memoryUsage().rss;
  const threads = Math.min(2, availableParallelism());
  const started = performance.now();
  const verifier = startVerifier({ threads });
  try {
    await verifier.verifyAll([{ key, statement: honest }]);
    const startMs = Math.round(performance.now() - started);
    await verifier.warmUp([key]);
    const at = honest.proof.length - 128 - 1;
    const tasks = Array.from({ length: ALTERED }, (_, i) => ({
      key,
      statement: { ...honest, proof: honest.proof.with(at, (honest.proof[at] as number) ^ (i + 1)) },
    }));
    const start = performance.now();
    await verifier.verifyAll(tasks);
    const proofsPerSecond = (1000 * ALTERED) / (performance.now() - start);
    const threadMegabytes = Math.round((process.memoryUsage().rss - before) / 1e6 / threads);
    return { startMs, threadMegabytes, proofsPerSecond: Math.round(10 * proofsPerSecond) / 10 };
  } finally {
    await verifier.close();
  }
}
