import { availableParallelism } from "node:os";
import type { SignatureJob } from "#chain/tx/signature-cache.ts";
import { WorkerPool } from "./pool.ts";
import { fitsBatch, packJobs } from "./signature-batch.ts";

/** Fewest signatures that are worth a message to a worker thread: two thousandths of a second of work. */
export const SIGNATURE_BATCH_MIN = 16;
/** Signatures of one message, so that a block's are spread over the threads. */
const BATCH_MAX = 128;
const TIMEOUT_MS = 10_000;

/** Verifies signatures in worker threads. */
export interface SignaturePool {
  /**
   * A verdict for each job, in their order; undefined where the machinery failed to reach one: whoever asks
   * verifies that job itself, as any that was not asked for. Urgent ones go before all that wait.
   */
  verifyAll(jobs: readonly SignatureJob[], isUrgent?: boolean): Promise<readonly (boolean | undefined)[]>;
  /** Ends the threads. */
  close(): Promise<void>;
}

export interface SignaturePoolOptions {
  /** Threads at most, started when they are needed; by default one less than there are cores, up to four. */
  readonly threads?: number;
  /** Hears of threads that died. */
  readonly warn?: (text: string) => void;
  /** Module of the worker thread. */
  readonly entry?: URL;
}

const threadsOfMachine = (): number => Math.max(1, Math.min(4, availableParallelism() - 1));

/** A pool of worker threads for signatures. */
export function startSignaturePool(options: SignaturePoolOptions = {}): SignaturePool {
  const { threads = threadsOfMachine(), warn = () => undefined } = options;
  const entry = options.entry ?? new URL("./signature-worker.ts", import.meta.url);
  const pool = new WorkerPool<Uint8Array, Uint8Array>({ entry, threads, timeoutMs: TIMEOUT_MS });

  const verifyBatch = async (
    jobs: readonly SignatureJob[],
    isUrgent: boolean,
  ): Promise<readonly (boolean | undefined)[]> => {
    try {
      const answer = await pool.run(packJobs(jobs), isUrgent);
      return jobs.map((_, i) => answer[i] === 1);
    } catch (error) {
      warn(`signatures are verified one by one, for their worker threads died: ${(error as Error).message}`);
      return jobs.map(() => undefined);
    }
  };

  return {
    async verifyAll(jobs, isUrgent = false) {
      const sound = jobs.filter(fitsBatch);
      const size = Math.min(BATCH_MAX, Math.max(SIGNATURE_BATCH_MIN, Math.ceil(sound.length / threads)));
      const batches: SignatureJob[][] = [];
      for (let at = 0; at < sound.length; at += size) batches.push(sound.slice(at, at + size));
      const verdicts = (await Promise.all(batches.map((batch) => verifyBatch(batch, isUrgent)))).flat();
      let next = 0;
      return jobs.map((job) => (fitsBatch(job) ? verdicts[next++] : false));
    },
    close: () => pool.close(),
  };
}
