import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ChainError } from "#chain/kernel/error.ts";
import { signatureJobs } from "#chain/tx/sign.ts";
import { type SignatureJob, signatureKey } from "#chain/tx/signature-cache.ts";
import { SIGNATURE_BATCH_MIN } from "#chain/verify/signature-pool.ts";
import type { Reading } from "./execute.ts";
import { accountFor } from "./host.ts";
import type { Machine } from "./types.ts";

/** The signatures of transactions that nobody has verified yet, by their keys in the cache. */
function unknownJobs(
  { signatureCache }: Machine,
  ctx: ReadCtx,
  readings: readonly (Reading | undefined)[],
): ReadonlyMap<string, SignatureJob> {
  const jobs = new Map<string, SignatureJob>();
  const host = { account: accountFor(ctx) };
  for (const reading of readings) {
    if (reading?.tx === undefined) continue;
    try {
      for (const job of signatureJobs(reading.tx, ctx.chainId, host)) {
        const key = signatureKey(job);
        if (signatureCache.verdict(key) === undefined) jobs.set(key, job);
      }
    } catch (error) {
      // It will fail on its own: its signer has no account, or another key.
      if (!(error instanceof ChainError)) throw error;
    }
  }
  return jobs;
}

/**
 * Verifies the signatures of transactions in worker threads and remembers the verdicts, ahead of the work
 * that asks for them one by one. It verifies itself what is missing then, so nothing depends on this.
 */
export async function verifyAhead(
  machine: Machine,
  ctx: ReadCtx,
  readings: readonly (Reading | undefined)[],
): Promise<void> {
  const { signaturePool: pool } = machine;
  if (!pool || readings.length < SIGNATURE_BATCH_MIN) return;
  const jobs = unknownJobs(machine, ctx, readings);
  if (jobs.size < SIGNATURE_BATCH_MIN) return;
  const verdicts = await pool.verifyAll([...jobs.values()]);
  let i = 0;
  for (const key of jobs.keys()) {
    const verdict = verdicts[i++];
    if (verdict !== undefined) machine.signatureCache.add(key, verdict);
  }
}
