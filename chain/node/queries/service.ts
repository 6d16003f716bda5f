import type { QueryRequest, QueryResult } from "#chain/app/types.ts";
import type { ErrorFactory } from "#chain/kernel/error.ts";
import { StoreError } from "#chain/store/error.ts";
import { WorkerPool } from "#chain/verify/pool.ts";
import { errors } from "./budget.ts";
import type { QueryAnswer, QueryThread } from "./worker.ts";

/** Queries on committed state, answered outside the consensus thread. */
export interface QueryService {
  /** Never rejects but when the state on disk is damaged. */
  answer(request: QueryRequest): Promise<QueryResult>;
  close(): Promise<void>;
}

export interface QueryOptions extends QueryThread {
  readonly threads: number;
}

/** Queries that may wait for a thread. */
const WAITING_MAX = 256;
/**
 * A thread that has not answered by then is ended: its query does something that no read and no clock
 * interrupts.
 */
const HUNG_MS = 5_000;
/** How long a new thread may take to start on a machine that is busy with other things. */
const START_MS = 30_000;
const HEAP_MB = 256;
const NONE = new Uint8Array(0);

function refused({ code, codespace, text }: ErrorFactory): QueryResult {
  return { code, codespace, log: text, key: NONE, value: NONE, height: 0n };
}

/** Starts threads that answer queries over the state of this process; see ADR 0008. */
export function startQueries({ threads, ...workerData }: QueryOptions): QueryService {
  const pool = new WorkerPool<QueryRequest, QueryAnswer>({
    ...{ threads, workerData, failuresMax: 1, timeoutMs: HUNG_MS, startMs: START_MS },
    entry: new URL("./worker.ts", import.meta.url),
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  let waiting = 0;
  return {
    async answer(request) {
      if (waiting >= WAITING_MAX) return refused(errors.Busy);
      waiting++;
      try {
        const { path, data, height, prove } = request;
        const answer = await pool.run({ path, data: data.slice(), height, ...(prove && { prove }) });
        if (answer.kind === "answer") return answer.result;
        throw new StoreError("corrupt", answer.reason);
      } catch (error) {
        if (error instanceof StoreError) throw error;
        // The thread died at this query, of time or of memory; the next one gets another.
        return refused(errors.TooSlow);
      } finally {
        waiting--;
      }
    },
    close: () => pool.close(),
  };
}
