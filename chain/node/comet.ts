import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { cometEnv, type HomePaths, homePaths } from "./config.ts";
import { commandOf, type Exit, exitOf, stopProcess } from "./process.ts";

const STOP_GRACE_MS = 10_000;
const POLL_MS = 50;
const LEFTOVER_SIGNALS = [
  ["SIGTERM", 3000],
  ["SIGKILL", 5000],
] as const;
const LOG_TAIL_BYTES = 2000;

/** What starts CometBFT. */
export interface CometOptions {
  readonly binary: string;
  /** Home of the node, made by `initHome`. */
  readonly home: string;
}

/** A running CometBFT. */
export interface Comet {
  readonly pid: number;
  /** Base of its HTTP interface. */
  readonly rpcUrl: string;
  /**
   * Resolves when CometBFT has ended, whoever ended it. When the application goes away it ends with code 0,
   * or hangs while it stops: so every end that was not asked for is a failure, and after a failure of the
   * application `stop` is still needed.
   */
  readonly exited: Promise<Exit>;
  /** Resolves when its RPC answers; rejects with the end of its log when it ends before, or too late. */
  ready(timeoutMs?: number): Promise<void>;
  /** Asks it to end, kills it when it does not, and resolves when it has ended. */
  stop(graceMs?: number): Promise<Exit>;
}

/**
 * Starts CometBFT over a home; its output is appended to the home's log. The application must listen already.
 * A CometBFT that an earlier, killed node left behind is ended first: it may hang while it stops and would
 * hold the database.
 */
export async function startComet({ binary, home }: CometOptions): Promise<Comet> {
  const paths = homePaths(home);
  await endLeftover(paths);
  const rpcUrl = rpcUrlOf(readFileSync(paths.cometConfig, "utf8"));
  const log = openSync(paths.cometLog, "a", 0o600);
  const child = spawn(binary, ["start", "--home", paths.comet], {
    env: cometEnv(),
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const exited = exitOf(child);
  writeFileSync(paths.cometPid, `${child.pid ?? ""}`);
  let hasExited = false;
  const noteExit = (): void => {
    hasExited = true;
  };
  exited.then(noteExit, noteExit);
  const failure = (what: string): Error =>
    new Error(`${what}; the end of its log:\n${readFileSync(paths.cometLog, "utf8").slice(-LOG_TAIL_BYTES)}`);

  return {
    pid: child.pid ?? 0,
    rpcUrl,
    exited,
    async ready(timeoutMs = 60_000) {
      const endsMs = performance.now() + timeoutMs;
      while (!(await answers(rpcUrl))) {
        if (hasExited) throw failure("CometBFT ended before it was ready");
        if (performance.now() > endsMs) throw failure("CometBFT was not ready in time");
        await sleep(POLL_MS);
      }
    },
    stop: (graceMs = STOP_GRACE_MS) => stopProcess(child, exited, graceMs),
  };
}

async function endLeftover({ cometPid, comet }: HomePaths): Promise<void> {
  const pid = existsSync(cometPid) ? Number(readFileSync(cometPid, "utf8")) : 0;
  if (!Number.isInteger(pid) || pid <= 1) return;
  // The number may belong to another program by now.
  const isOurs = async (): Promise<boolean> => (await commandOf(pid)).endsWith(`start --home ${comet}`);
  for (const [signal, graceMs] of LEFTOVER_SIGNALS) {
    const endsMs = performance.now() + graceMs;
    if (!(await isOurs())) return;
    process.kill(pid, signal);
    while (performance.now() < endsMs && (await isOurs())) await sleep(POLL_MS);
  }
  if (await isOurs()) throw new Error(`CometBFT ${pid} of an earlier node does not end`);
}

async function answers(rpcUrl: string): Promise<boolean> {
  try {
    const response = await fetch(`${rpcUrl}/status`, { signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

function rpcUrlOf(toml: string): string {
  const address = /^\[rpc\]$[^[]*?^laddr = "tcp:\/\/([^"]+)"$/m.exec(toml)?.[1];
  if (address === undefined) throw new Error("CometBFT's configuration names no RPC address");
  return `http://${address}`;
}
