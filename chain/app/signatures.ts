import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ChainError } from "#chain/kernel/error.ts";
import type { TxAccount } from "#chain/tx/host.ts";
import { type UnknownSigner, unknownSigners } from "#chain/tx/sign.ts";
import { SIGNATURE_BATCH_MIN } from "#chain/verify/signature-pool.ts";
import type { Reading } from "./execute.ts";
import { accountFor } from "./host.ts";
import type { Machine, Pause } from "./types.ts";

/** Those who may have signed: the accounts of a chain. */
export interface Signatories {
  readonly chainId: string;
  account(address: string): TxAccount | undefined;
}

/** The accounts of a state. */
export const signatoriesOf = (ctx: ReadCtx): Signatories => ({
  chainId: ctx.chainId,
  account: accountFor(ctx),
});

/** The signers of transactions whom nobody has verified yet, each once. */
async function unknown(
  { signatureCache: cache }: Machine,
  { chainId, account }: Signatories,
  readings: readonly (Reading | undefined)[],
  pause: Pause | undefined,
): Promise<readonly UnknownSigner[]> {
  const found = new Map<string, UnknownSigner>();
  const rules = { chainId, host: { account }, cache };
  for (const reading of readings) {
    const wait = pause?.();
    if (wait !== undefined) await wait;
    if (reading?.tx === undefined) continue;
    try {
      for (const signer of unknownSigners(reading.tx, rules)) found.set(signer.key, signer);
    } catch (error) {
      // It will fail on its own: its signer has no account, or another key.
      if (!(error instanceof ChainError)) throw error;
    }
  }
  return [...found.values()];
}

/**
 * Verifies the signatures of transactions in worker threads and remembers the verdicts, ahead of the work
 * that asks for them one by one. It verifies itself what is missing then, so nothing depends on this. Without
 * pauses it is for a block: its signatures go before those of others.
 */
export async function verifyAhead(
  machine: Machine,
  signatories: Signatories,
  readings: readonly (Reading | undefined)[],
  pause?: Pause,
): Promise<void> {
  const { signaturePool: pool, signatureCache } = machine;
  if (!pool || readings.length < SIGNATURE_BATCH_MIN) return;
  const signers = await unknown(machine, signatories, readings, pause);
  const jobs = signers.flatMap((signer) => signer.jobs);
  if (jobs.length < SIGNATURE_BATCH_MIN) return;
  const verdicts = await pool.verifyAll(jobs, pause === undefined);
  let at = 0;
  for (const { key, jobs: own } of signers) {
    const reached = verdicts.slice(at, at + own.length);
    at += own.length;
    if (reached.includes(undefined)) continue;
    signatureCache.add(key, reached.length > 0 && !reached.includes(false));
  }
}
