import { setTimeout as sleep } from "node:timers/promises";
import { ProverError } from "./errors.ts";
import { type Reply, type Usage, WorkerProcess } from "./process.ts";

/** The one release of EZKL that makes the chain's keys and proofs. */
export const ezklVersion = "23.0.5";

const backoffMs = { first: 100, most: 10_000 } as const;

/** Arguments and result of each operation of the worker. Paths are relative to the prover's home. */
export interface EzklOps {
  version: { args: Record<string, never>; result: { readonly ezkl: string; readonly python: string } };
  gen_srs: { args: { srs: string; logrows: number }; result: object };
  settings: {
    args: {
      onnx: string;
      settings: string;
      inputScale: number;
      paramScale: number;
      logrows: number;
      ignoreRangeChecks: boolean;
    };
    result: { readonly settings: string; readonly linear: boolean };
  };
  compile: { args: { onnx: string; circuit: string; settings: string }; result: object };
  setup: { args: { circuit: string; vk: string; pk: string; srs: string }; result: object };
  evm: {
    args: { vk: string; settings: string; srs: string; vka: string; verifier?: string };
    result: object;
  };
  witness: {
    args: { circuit: string; witness: string; inputs: readonly number[] };
    result: { readonly inputs: string[]; readonly outputs: string[]; readonly params: string[] };
  };
  prove: {
    args: { witness: string; circuit: string; pk: string; proof: string; srs: string };
    result: { readonly instances: string[]; readonly proof: string };
  };
  verify: {
    args: { proof: string; settings: string; vk: string; srs: string };
    result: { readonly valid: boolean; readonly why?: string };
  };
  poseidon: { args: { message: readonly string[] }; result: { readonly digest: string } };
}

export interface WorkerLimits {
  /** Longest operation, milliseconds. */
  readonly timeoutMs: number;
  /** Most resident memory, bytes. */
  readonly rssBytesMax: number;
  /** Threads that EZKL may use. */
  readonly threads: number;
  /** How often one operation is tried when the worker dies under it. */
  readonly attempts: number;
}

const defaultWorkerLimits: WorkerLimits = {
  timeoutMs: 300_000,
  rssBytesMax: 4 * 2 ** 30,
  threads: 2,
  attempts: 2,
};

/** Logger of the prover: pino's shape, as far as it is used. */
export interface ProverLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface EzklWorkerOptions {
  /** Python interpreter of an environment that has EZKL 23.0.5. */
  readonly python: string;
  /** Folder that holds every file of every request. */
  readonly root: string;
  readonly limits?: Partial<WorkerLimits>;
  readonly logger?: ProverLogger | undefined;
}

/**
 * EZKL behind one long-lived Python process: one operation at a time, in call order. A worker that dies is
 * started again after a growing pause (0.1 s … 10 s, reset by a success), and the operation is tried again;
 * operations only write files, so trying twice is safe.
 */
export class EzklWorker {
  readonly limits: WorkerLimits;
  readonly #options: EzklWorkerOptions;
  #process: WorkerProcess | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #failures = 0;
  #starts = 0;
  #rssPeakKiB = 0;
  readonly #closing = new AbortController();

  constructor(options: EzklWorkerOptions) {
    this.#options = options;
    this.limits = { ...defaultWorkerLimits, ...options.limits };
  }

  /** Process id of the running worker, if one runs. */
  get pid(): number | undefined {
    return this.#process?.alive ? this.#process.pid : undefined;
  }

  /** How it fares: processes started, failures in a row, highest resident memory seen (KiB). */
  get health(): { readonly starts: number; readonly failures: number; readonly rssPeakKiB: number } {
    return { starts: this.#starts, failures: this.#failures, rssPeakKiB: this.#rssPeakKiB };
  }

  /**
   * Runs one operation. Throws ProverError: ezkl_failed, timeout, memory_limit, canceled, worker_crashed
   * (after the last attempt), worker_unavailable (Python or EZKL missing).
   */
  call<Op extends keyof EzklOps>(
    op: Op,
    args: EzklOps[Op]["args"],
    signal?: AbortSignal,
  ): Promise<{ readonly result: EzklOps[Op]["result"]; readonly usage: Usage }> {
    const run = this.#turn.then(() => this.#attempt(op, args, signal));
    this.#turn = run.catch(() => {});
    return run as Promise<{ result: EzklOps[Op]["result"]; usage: Usage }>;
  }

  /** Kills the worker; every call fails from now on. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#process?.close();
    await this.#turn;
  }

  async #attempt(op: string, args: object, signal: AbortSignal | undefined): Promise<Reply> {
    for (let attempt = 1; ; attempt++) {
      const worker = await this.#start(signal);
      try {
        const reply = await worker.request(op, args, { ...this.limits, signal });
        this.#failures = 0;
        this.#rssPeakKiB = Math.max(this.#rssPeakKiB, reply.usage.rssPeakKiB);
        return reply;
      } catch (error) {
        if (worker.alive || !(error instanceof ProverError)) throw error;
        if (error.code !== "canceled") this.#failures++;
        this.#options.logger?.warn(
          { op, code: error.code, stderr: worker.stderrTail.slice(-2000) },
          "worker lost",
        );
        if (error.code !== "worker_crashed" || attempt >= this.limits.attempts) throw error;
      }
    }
  }

  async #start(signal: AbortSignal | undefined): Promise<WorkerProcess> {
    if (this.#process?.alive) return this.#process;
    if (this.#failures > 0) {
      const pause = Math.min(backoffMs.first * 2 ** (this.#failures - 1), backoffMs.most);
      const ends = AbortSignal.any(signal ? [signal, this.#closing.signal] : [this.#closing.signal]);
      await sleep(pause, undefined, { signal: ends }).catch(() => {});
    }
    if (this.#closing.signal.aborted || signal?.aborted) throw new ProverError("canceled", "canceled");
    const { python, root } = this.#options;
    this.#starts++;
    const worker = new WorkerProcess({ python, root, threads: this.limits.threads });
    this.#process = worker;
    await this.#greet(worker, signal);
    return worker;
  }

  /** Learns that the worker runs, and that its EZKL is the one whose keys and proofs the chain knows. */
  async #greet(worker: WorkerProcess, signal: AbortSignal | undefined): Promise<void> {
    try {
      const { result } = await worker.request("version", {}, { ...this.limits, signal });
      const { ezkl } = result as EzklOps["version"]["result"];
      if (ezkl === ezklVersion) return;
      worker.kill("worker_unavailable", `EZKL is ${ezkl}, not ${ezklVersion}`);
    } catch (error) {
      if (error instanceof ProverError && error.code === "canceled") throw error;
    }
    this.#failures++;
    const why = worker.stderrTail.trim().split("\n").at(-1) ?? "";
    throw new ProverError("worker_unavailable", `Python with EZKL ${ezklVersion} does not run: ${why}`);
  }
}
