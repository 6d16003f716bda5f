import { type ResourceLimits, Worker } from "node:worker_threads";
import { VerifierFailure } from "./types.ts";

export interface PoolOptions {
  /** Module of the worker thread: answers each message with one message, in order. */
  readonly entry: URL;
  /** Largest number of threads; a thread starts when a job waits and no started one is idle. */
  readonly threads: number;
  /** A thread that has not answered after this long counts as dead, milliseconds. */
  readonly timeoutMs: number;
  /** How much longer its first answer may take, which waits for the thread to start; by default no longer. */
  readonly startMs?: number;
  readonly resourceLimits?: ResourceLimits;
  /** What each thread finds as its `workerData`. */
  readonly workerData?: unknown;
  /** Threads that may die at one job before it is rejected; by default two. */
  readonly failuresMax?: number;
}

interface Waiting<Job, Answer> {
  readonly job: Job;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
  failures: number;
}

interface Thread<Job, Answer> {
  readonly worker: Worker;
  readonly ended: Promise<void>;
  hasAnswered: boolean;
  current: Waiting<Job, Answer> | undefined;
  timer: NodeJS.Timeout | undefined;
}

/**
 * A few worker threads that answer jobs, one at a time each. A thread that dies (exception, exit, no answer
 * in time) is replaced and its job is given once more to another; a job whose last thread dies is rejected
 * with VerifierFailure.
 */
export class WorkerPool<Job, Answer> {
  readonly #options: PoolOptions;
  readonly #threads = new Set<Thread<Job, Answer>>();
  readonly #queue: Waiting<Job, Answer>[] = [];
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Ids of the living threads, for health reports. */
  get threadIds(): readonly number[] {
    return [...this.#threads].map((thread) => thread.worker.threadId);
  }

  /** The answer to one job; an urgent one goes before all that wait. */
  run(job: Job, isUrgent = false): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(new VerifierFailure("the pool is closed"));
      const waiting = { job, resolve, reject, failures: 0 };
      if (isUrgent) this.#queue.unshift(waiting);
      else this.#queue.push(waiting);
      this.#dispatch();
    });
  }

  /** Ends all threads and rejects what waits. */
  async close(): Promise<void> {
    this.#closed = true;
    const threads = [...this.#threads];
    for (const waiting of this.#queue.splice(0)) waiting.reject(new VerifierFailure("the pool is closed"));
    await Promise.all(threads.map((thread) => thread.worker.terminate()));
    await Promise.all(threads.map((thread) => thread.ended));
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const idle = [...this.#threads].find((thread) => thread.current === undefined);
      if (idle === undefined && this.#threads.size >= this.#options.threads) return;
      const next = this.#queue.shift();
      if (next !== undefined) this.#give(idle ?? this.#start(), next);
    }
  }

  #give(thread: Thread<Job, Answer>, waiting: Waiting<Job, Answer>): void {
    thread.current = waiting;
    const { timeoutMs, startMs = 0 } = this.#options;
    const patienceMs = timeoutMs + (thread.hasAnswered ? 0 : startMs);
    thread.timer = setTimeout(() => void thread.worker.terminate(), patienceMs);
    thread.worker.postMessage(waiting.job);
  }

  #start(): Thread<Job, Answer> {
    const { entry, resourceLimits, workerData } = this.#options;
    const worker = new Worker(entry, { workerData, ...(resourceLimits && { resourceLimits }) });
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const thread: Thread<Job, Answer> = {
      ...{ worker, ended, hasAnswered: false, current: undefined, timer: undefined },
    };
    let cause: unknown;
    worker.on("message", (answer: Answer) => {
      clearTimeout(thread.timer);
      thread.hasAnswered = true;
      const answered = thread.current;
      thread.current = undefined;
      answered?.resolve(answer);
      this.#dispatch();
    });
    worker.on("error", (error) => {
      cause = error;
    });
    worker.on("exit", (code) => {
      clearTimeout(thread.timer);
      this.#threads.delete(thread);
      this.#bury(thread.current, cause ?? new Error(`worker thread ended with code ${code}`));
      end();
    });
    this.#threads.add(thread);
    return thread;
  }

  /** After a thread's death: its job goes to the head of the queue, or fails at the second time. */
  #bury(waiting: Waiting<Job, Answer> | undefined, cause: unknown): void {
    if (waiting !== undefined) {
      waiting.failures++;
      if (this.#closed || waiting.failures >= (this.#options.failuresMax ?? 2))
        waiting.reject(new VerifierFailure("no verdict: worker threads died at this proof", { cause }));
      else this.#queue.unshift(waiting);
    }
    this.#dispatch();
  }
}
