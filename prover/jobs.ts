import { randomBytes } from "node:crypto";
import { toHex } from "#chain/bytes/hex.ts";
import { ensure, ProverError, toProverError } from "./errors.ts";

/** Kinds of jobs, the more urgent the lower: a proof that comes late costs its operator a bond. */
const urgency = { prove: 0, predict: 1, model: 2, template: 3 } as const;

export type JobKind = keyof typeof urgency;
export type JobStatus = "queued" | "running" | "done" | "failed" | "canceled";

export interface JobProgress {
  /** What is being done, e.g. "witness". */
  readonly step: string;
  readonly stepsDone: number;
  readonly stepsTotal: number;
}

/** What a running job is given: stop when the signal fires, and say how far it is. */
export interface JobContext {
  readonly signal: AbortSignal;
  progress(step: string, stepsDone: number, stepsTotal: number): void;
}

/** A job as its owner sees it. */
export interface JobView<T = unknown> {
  readonly jobId: string;
  readonly kind: JobKind;
  readonly client: string;
  readonly status: JobStatus;
  readonly progress: JobProgress;
  readonly queuedMs: number;
  readonly ranMs: number;
  readonly result?: T;
  readonly error?: ProverError;
}

export interface JobLimits {
  /** Most jobs waiting. */
  readonly queueMax: number;
  /** Most jobs of one client that wait or run. */
  readonly perClientMax: number;
  /** How many ended jobs of one client are remembered. */
  readonly endedMax: number;
}

const defaultJobLimits: JobLimits = { queueMax: 64, perClientMax: 8, endedMax: 256 };

interface Entry {
  view: JobView;
  readonly run: (context: JobContext) => Promise<unknown>;
  readonly abort: AbortController;
  readonly createdAt: number;
  startedAt: number;
  readonly listeners: Set<(view: JobView) => void>;
}

const ended = (status: JobStatus): boolean => status !== "queued" && status !== "running";

/**
 * Runs jobs one at a time, urgent kinds first, else in order of arrival. The line is bounded, and so are the
 * jobs of one client and the memory of ended ones.
 */
export class JobQueue {
  readonly #limits: JobLimits;
  readonly #clock: () => number;
  readonly #jobs = new Map<string, Entry>();
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(options: { readonly limits?: Partial<JobLimits>; readonly clock?: () => number } = {}) {
    this.#limits = { ...defaultJobLimits, ...options.limits };
    this.#clock = options.clock ?? (() => performance.now());
  }

  /** How many jobs wait and run. */
  get load(): { readonly queued: number; readonly running: number } {
    const count = (status: JobStatus) => this.#in(status).length;
    return { queued: count("queued"), running: count("running") };
  }

  /** Puts a job in line. Throws ProverError busy (line full, or closed) or quota_exceeded. */
  submit(kind: JobKind, client: string, run: Entry["run"]): JobView {
    ensure(!this.#closed, "busy", "the prover is closing");
    const waiting = this.#in("queued");
    ensure(waiting.length < this.#limits.queueMax, "busy", "the line of jobs is full");
    const own = [...waiting, ...this.#in("running")].filter((entry) => entry.view.client === client);
    ensure(own.length < this.#limits.perClientMax, "quota_exceeded", "too many jobs of this client at once");
    const jobId = toHex(randomBytes(16));
    const now = this.#clock();
    const progress = { step: "queued", stepsDone: 0, stepsTotal: 1 };
    const view: JobView = { jobId, kind, client, status: "queued", progress, queuedMs: 0, ranMs: 0 };
    const abort = new AbortController();
    this.#jobs.set(jobId, { view, run, abort, createdAt: now, startedAt: now, listeners: new Set() });
    queueMicrotask(() => this.#pump());
    return view;
  }

  /** The job as it stands. Throws ProverError unknown_job, also for another client's. */
  get(jobId: string, client: string): JobView {
    return this.#entry(jobId, client).view;
  }

  /** Calls back on every change until the job ends; gives a function that stops it. */
  watch(jobId: string, client: string, listener: (view: JobView) => void): () => void {
    const { listeners } = this.#entry(jobId, client);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** The job once it has ended. */
  wait(jobId: string, client: string): Promise<JobView> {
    const entry = this.#entry(jobId, client);
    if (ended(entry.view.status)) return Promise.resolve(entry.view);
    return new Promise((resolve) => {
      entry.listeners.add((view) => {
        if (ended(view.status)) resolve(view);
      });
    });
  }

  /** Takes a waiting job out of the line, or stops a running one; an ended one stays as it is. */
  cancel(jobId: string, client: string): JobView {
    const entry = this.#entry(jobId, client);
    this.#stop(entry);
    return entry.view;
  }

  /** Stops every job and waits for the one that runs. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const entry of [...this.#jobs.values()]) this.#stop(entry);
    await this.#running;
  }

  #stop(entry: Entry): void {
    if (entry.view.status === "queued") {
      this.#update(entry, { status: "canceled", error: new ProverError("canceled", "canceled") });
    } else if (entry.view.status === "running") entry.abort.abort();
  }

  #in(status: JobStatus): Entry[] {
    return [...this.#jobs.values()].filter((entry) => entry.view.status === status);
  }

  #entry(jobId: string, client: string): Entry {
    const entry = this.#jobs.get(jobId);
    ensure(entry && entry.view.client === client, "unknown_job", "no such job");
    return entry;
  }

  #pump(): void {
    if (this.#running !== undefined) return;
    let next: Entry | undefined;
    for (const entry of this.#in("queued"))
      if (!next || urgency[entry.view.kind] < urgency[next.view.kind]) next = entry;
    if (!next) return;
    this.#running = this.#run(next).finally(() => {
      this.#running = undefined;
      this.#pump();
    });
  }

  async #run(entry: Entry): Promise<void> {
    entry.startedAt = this.#clock();
    this.#update(entry, { status: "running", queuedMs: entry.startedAt - entry.createdAt });
    const { signal } = entry.abort;
    const progress: JobContext["progress"] = (step, stepsDone, stepsTotal) =>
      this.#update(entry, { progress: { step, stepsDone, stepsTotal } });
    try {
      const result = await entry.run({ signal, progress });
      this.#update(entry, { status: "done", result });
    } catch (thrown) {
      const error = toProverError(thrown);
      this.#update(entry, { status: error.code === "canceled" ? "canceled" : "failed", error });
    }
  }

  #update(entry: Entry, change: Partial<JobView>): void {
    const ranMs = entry.view.status === "running" ? this.#clock() - entry.startedAt : 0;
    entry.view = { ...entry.view, ranMs, ...change };
    for (const listener of [...entry.listeners]) listener(entry.view);
    if (!ended(entry.view.status)) return;
    entry.listeners.clear();
    const past = [...this.#jobs.values()].filter(
      ({ view }) => ended(view.status) && view.client === entry.view.client,
    );
    for (const { view } of past.slice(0, -this.#limits.endedMax)) this.#jobs.delete(view.jobId);
  }
}
