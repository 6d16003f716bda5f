import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { describeExit } from "#chain/node/app-child.ts";
import { rotatingLog, standardOutput } from "#chain/node/log.ts";
import { endLeftover, noteChild } from "#chain/node/pid.ts";
import { exitOf, stopProcess } from "#chain/node/process.ts";

/** A process beside a node, which may die without harm to the node. */
export interface SidecarOptions {
  /** What it is called in the news. */
  readonly name: string;
  /** Arguments of Node: the program and its own. */
  readonly args: readonly string[];
  readonly logFile: string;
  readonly pidFile: string;
  readonly toOutput: boolean;
  readonly onDown: (why: string) => void;
}

export interface Sidecar {
  stop(): Promise<void>;
}

const PAUSE_MIN_MS = 500;
const PAUSE_MAX_MS = 30_000;
/** One that ran so long has recovered: the next failure waits little again. */
const STEADY_MS = 60_000;
const STOP_MS = 3_000;

/** Starts a process and starts it again, after pauses that grow, whenever it ends; until it is stopped. */
export function keepSidecar(options: SidecarOptions): Sidecar {
  const stopping = new AbortController();
  const { signal } = stopping;

  const once = async (): Promise<string> => {
    await endLeftover(options.pidFile);
    if (signal.aborted) return "";
    const log = options.toOutput ? standardOutput : rotatingLog(options.logFile);
    const child = spawn(process.execPath, options.args, { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => log.write(chunk));
    child.once("close", () => log.close());
    const exited = exitOf(child);
    const onStop = (): void => void stopProcess(child, exited, STOP_MS);
    signal.addEventListener("abort", onStop, { once: true });
    try {
      await noteChild(options.pidFile, child, exited);
      return `${options.name} ${describeExit(await exited)}`;
    } finally {
      signal.removeEventListener("abort", onStop);
    }
  };
  const run = async (): Promise<void> => {
    let pauseMs = PAUSE_MIN_MS;
    while (!signal.aborted) {
      const startMs = performance.now();
      const why = await once().catch((error: unknown) => `${options.name}: ${String(error)}`);
      if (signal.aborted) return;
      pauseMs = performance.now() - startMs > STEADY_MS ? PAUSE_MIN_MS : Math.min(pauseMs * 2, PAUSE_MAX_MS);
      options.onDown(`${why}; see ${options.logFile}`);
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  };
  const ended = run();
  return {
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}
