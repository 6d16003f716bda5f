import { availableParallelism } from "node:os";
import { words } from "#chain/protocol/field.ts";
import type { ProofStatement } from "#chain/protocol/statement.ts";
import { createMclBn254 } from "#chain/verify/bn254.ts";
import { createMachine } from "#chain/verify/machine.ts";
import { startVerifier } from "#chain/verify/verifier.ts";
import { zkSample } from "../kit/zk.ts";
import { type Effort, medianMs, perSecond } from "./measure.ts";

const COUNTS = { full: { runs: 9, proofs: 24 }, quick: { runs: 3, proofs: 4 } };
/** The evaluations end before the two points of the opening. */
const OPENING_BYTES = 128;

/** Figures of one template. */
export interface VerifyFigures {
  /** Median of a verification in this thread, ms, with mcl-wasm and with the EVM package's noble. */
  readonly mclMs: number;
  readonly nobleMs: number;
  readonly gas: number;
}

/** How long a proof of inference of a template takes to verify, with either arithmetic of the curve. */
export async function benchVerify(name: "lr-64" | "mlp-64-4", effort: Effort): Promise<VerifyFigures> {
  const { runs } = COUNTS[effort];
  const { key, statements } = await zkSample(name);
  const { instances, proof } = statements[0] as ProofStatement;
  const job = { ...key, instances: words(instances), proof };
  const mcl = await createMachine(key.verifierCode, await createMclBn254());
  const noble = await createMachine(key.verifierCode);
  const { gasUsed } = await mcl.verify(job);
  return {
    gas: Number(gasUsed),
    mclMs: await medianMs(runs, () => mcl.verify(job)),
    nobleMs: await medianMs(runs, () => noble.verify(job)),
  };
}

/**
 * How many different proofs a second all worker threads verify together; the time to a first verdict after
 * start; memory of a thread. The proofs fail only at the pairing, the dearest end: a byte of the last
 * evaluation is altered.
 */
export async function benchVerifierThreads(effort: Effort): Promise<{
  readonly proofsPerSecond: number;
  readonly startMs: number;
  readonly threadMegabytes: number;
}> {
  const { proofs } = COUNTS[effort];
  const { key, statements } = await zkSample("lr-64");
  const honest = statements[0] as ProofStatement;
  const rssBefore = process.memoryUsage().rss;
  const threads = Math.min(2, availableParallelism());
  const startedMs = performance.now();
  const verifier = startVerifier({ threads });
  try {
    await verifier.verifyAll([{ key, statement: honest }]);
    const startMs = performance.now() - startedMs;
    await verifier.warmUp([key]);
    const at = honest.proof.length - OPENING_BYTES - 1;
    const tasks = Array.from({ length: proofs }, (_, i) => ({
      key,
      statement: { ...honest, proof: honest.proof.with(at, (honest.proof[at] as number) ^ (i + 1)) },
    }));
    const beganMs = performance.now();
    await verifier.verifyAll(tasks);
    const proofsPerSecond = perSecond(proofs, performance.now() - beganMs);
    const threadMegabytes = (process.memoryUsage().rss - rssBefore) / 1e6 / threads;
    return { proofsPerSecond, startMs, threadMegabytes };
  } finally {
    await verifier.close();
  }
}
