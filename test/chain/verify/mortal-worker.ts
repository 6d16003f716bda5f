import { parentPort, threadId } from "node:worker_threads";

/** A thread for the pool's tests: answers with its id, or dies in the way that the job names. */
export interface MortalJob {
  readonly end?: "throw" | "exit" | "hang" | "heap";
  /** Dies only while this counter, shared by all threads, is above zero, and lowers it. */
  readonly deaths: Int32Array<SharedArrayBuffer>;
}

export interface MortalAnswer {
  readonly threadId: number;
}

function endAs(end: NonNullable<MortalJob["end"]>): void {
  if (end === "exit") process.exit(3);
  if (end === "throw") throw new Error("thrown in the thread");
  if (end === "hang") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  const hoard: number[][] = [];
  for (;;) hoard.push(new Array<number>(100_000).fill(hoard.length));
}

parentPort?.on("message", (job: MortalJob) => {
  if (job.end !== undefined && Atomics.sub(job.deaths, 0, 1) > 0) endAs(job.end);
  parentPort?.postMessage({ threadId } satisfies MortalAnswer);
});
