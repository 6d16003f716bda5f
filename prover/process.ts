import { type ChildProcessByStdio, execFile, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ProverError, type ProverErrorCode } from "./errors.ts";

const replyBytesMax = 8 << 20;
const stderrBytesKept = 64 << 10;
const rssPollMs = 200;
const script = fileURLToPath(new URL("./worker/worker.py", import.meta.url));

/** What one request cost the worker. */
export interface Usage {
  readonly wallMs: number;
  readonly cpuMs: number;
  /** Highest resident memory of the process so far, KiB. */
  readonly rssPeakKiB: number;
}

export interface Reply {
  readonly result: unknown;
  readonly usage: Usage;
}

export interface RequestLimits {
  readonly timeoutMs: number;
  readonly rssBytesMax: number;
  readonly signal?: AbortSignal | undefined;
}

interface Pending {
  readonly id: number;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: ProverError) => void;
}

/**
 * The worker's environment: nothing of ours, a home of its own, and proxies that refuse, so that EZKL's
 * attempts to fetch a compiler or a reference string end at once.
 */
function environment(root: string, threads: number): NodeJS.ProcessEnv {
  const nowhere = "http://127.0.0.1:9";
  return {
    PATH: "/usr/bin:/bin",
    HOME: root,
    TMPDIR: root,
    LANG: "C.UTF-8",
    RAYON_NUM_THREADS: String(threads),
    HTTP_PROXY: nowhere,
    HTTPS_PROXY: nowhere,
    ALL_PROXY: nowhere,
  };
}

/** One Python process: answers one request at a time until it ends; EzklWorker starts the next. */
export class WorkerProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #exited: Promise<void>;
  #stderr = "";
  #partial: Buffer[] = [];
  #partialBytes = 0;
  #pending: Pending | undefined;
  #ended: ProverError | undefined;
  #nextId = 1;

  constructor(options: { readonly python: string; readonly root: string; readonly threads: number }) {
    const { python, root, threads } = options;
    this.#child = spawn(python, ["-I", "-B", script, "--root", root], {
      cwd: root,
      env: environment(root, threads),
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#exited = new Promise((resolve) => {
      this.#child.once("error", (error) => {
        this.#end(new ProverError("worker_unavailable", `cannot run Python: ${error.message}`));
        resolve();
      });
      this.#child.once("close", (code, signal) => {
        this.#end(new ProverError("worker_crashed", `the worker ended (${signal ?? `exit ${code}`})`));
        resolve();
      });
    });
    this.#child.stdin.on("error", () => {}); // its end is told by "close"
    this.#child.stdout.on("data", (chunk: Buffer) => this.#receive(chunk));
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-stderrBytesKept);
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get alive(): boolean {
    return this.#ended === undefined;
  }

  /** The last 64 KiB that the worker wrote to its log. */
  get stderrTail(): string {
    return this.#stderr;
  }

  /**
   * Sends one request and gives its reply. Throws ProverError: ezkl_failed, invalid_request or internal as
   * the worker says; timeout, memory_limit or canceled after killing it; worker_crashed when it dies.
   */
  async request(op: string, args: object, limits: RequestLimits): Promise<Reply> {
    if (this.#ended) throw this.#ended;
    if (this.#pending) throw new ProverError("internal", "the worker already has a request");
    if (limits.signal?.aborted) throw new ProverError("canceled", "canceled");
    const id = this.#nextId++;
    const timeout = setTimeout(
      () => this.kill("timeout", `${op} took over ${limits.timeoutMs} ms`),
      limits.timeoutMs,
    );
    const memory = setInterval(() => void this.#watchMemory(limits.rssBytesMax), rssPollMs);
    const cancel = () => this.kill("canceled", "canceled");
    limits.signal?.addEventListener("abort", cancel);
    try {
      return await new Promise<Reply>((resolve, reject) => {
        this.#pending = { id, resolve, reject };
        this.#child.stdin.write(`${JSON.stringify({ id, op, args })}\n`);
      });
    } finally {
      this.#pending = undefined;
      clearTimeout(timeout);
      clearInterval(memory);
      limits.signal?.removeEventListener("abort", cancel);
    }
  }

  /** Ends the process at once; the request in progress fails with this code. */
  kill(code: ProverErrorCode, message: string): void {
    this.#end(new ProverError(code, message));
    this.#child.kill("SIGKILL");
  }

  /** Ends the process and waits until it is gone. */
  async close(): Promise<void> {
    this.kill("canceled", "the prover is closing");
    await this.#exited;
  }

  #end(error: ProverError): void {
    this.#ended ??= error;
    this.#pending?.reject(this.#ended);
  }

  #receive(chunk: Buffer): void {
    const newline = chunk.indexOf(10);
    this.#partial.push(newline < 0 ? chunk : chunk.subarray(0, newline));
    this.#partialBytes += chunk.length;
    if (this.#partialBytes > replyBytesMax) this.kill("worker_crashed", "the worker's reply is too long");
    if (newline < 0 || !this.alive) return;
    const line = Buffer.concat(this.#partial).toString("utf8");
    this.#partial = [];
    this.#partialBytes = 0;
    this.#answer(line);
    if (newline + 1 < chunk.length) this.#receive(chunk.subarray(newline + 1));
  }

  #answer(line: string): void {
    const pending = this.#pending;
    const reply = parseReply(line);
    if (!reply || reply.id !== pending?.id) this.kill("worker_crashed", "the worker broke its protocol");
    else if (reply.ok) pending.resolve({ result: reply.result, usage: reply.usage });
    else pending.reject(new ProverError(errorCode(reply.error.code), reply.error.message));
  }

  async #watchMemory(bytesMax: number): Promise<void> {
    const bytes = this.pid === undefined ? 0 : await residentBytes(this.pid);
    if (bytes > bytesMax && this.#pending)
      this.kill("memory_limit", `the worker held ${bytes >> 20} MiB of memory`);
  }
}

type WireReply =
  | { readonly id: number; readonly ok: true; readonly result: unknown; readonly usage: Usage }
  | {
      readonly id: number;
      readonly ok: false;
      readonly error: { readonly code: string; readonly message: string };
    };

function parseReply(line: string): WireReply | undefined {
  try {
    const reply = JSON.parse(line) as Partial<WireReply> | null;
    return typeof reply?.id === "number" && typeof reply.ok === "boolean" ? (reply as WireReply) : undefined;
  } catch {
    return undefined;
  }
}

function errorCode(code: string): ProverErrorCode {
  if (code === "ezkl_failed") return code;
  return code === "bad_request" ? "invalid_request" : "internal";
}

/** Resident memory of a process, bytes; 0 when it is gone. */
async function residentBytes(pid: number): Promise<number> {
  try {
    if (process.platform === "linux") {
      const status = await readFile(`/proc/${pid}/status`, "utf8");
      return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
    }
    const { stdout } = await promisify(execFile)("ps", ["-o", "rss=", "-p", String(pid)]);
    return Number(stdout.trim()) * 1024;
  } catch {
    return 0;
  }
}
