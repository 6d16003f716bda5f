import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type CometWord, cometWords } from "./comet-words.ts";
import { cometEnv, homePaths } from "./config.ts";
import { rotatingLog, standardOutput } from "./log.ts";
import { endLeftover, noteChild } from "./pid.ts";
import { type Exit, exitOf, stopProcess } from "./process.ts";

const STOP_GRACE_MS = 10_000;
const POLL_MS = 50;
const LOG_TAIL_BYTES = 2000;

/** What starts CometBFT. */
export interface CometOptions {
  readonly binary: string;
  /** Home of the node, made by `initHome`. */
  readonly home: string;
  /** Added to the few variables that it is given. */
  readonly env?: NodeJS.ProcessEnv;
  /** Whether its output goes to this process's own and not to the home's log. */
  readonly toOutput?: boolean;
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
  /**
   * Resolves when it says that it cannot go on. Its process may stay alive then: a consensus that failed does
   * not end it.
   */
  readonly failed: Promise<CometWord>;
  /** What it said of its end so far. */
  lastWord(): CometWord | undefined;
  /** Resolves when its RPC answers; rejects with the end of its log when it ends before, or too late. */
  ready(timeoutMs?: number): Promise<void>;
  /** Asks it to end, kills it when it does not, and resolves when it has ended. */
  stop(graceMs?: number): Promise<Exit>;
}

/**
 * Starts CometBFT over a home; its output goes to the home's log, which is bounded. The application must
 * listen already. A CometBFT that an earlier, killed node left behind is ended first: it may hang while it
 * stops and would hold the database.
 */
export async function startComet({ binary, home, env = {}, toOutput }: CometOptions): Promise<Comet> {
  const paths = homePaths(home);
  await endLeftover(paths.cometPid);
  const rpcUrl = rpcUrlOf(readFileSync(paths.cometConfig, "utf8"));
  const log = toOutput ? standardOutput : rotatingLog(paths.cometLog);
  // Its output comes through a pipe: when this process is killed, the next line ends CometBFT too.
  const child = spawn(binary, ["start", "--home", paths.comet], {
    env: { ...cometEnv(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const words = cometWords();
  const failed = Promise.withResolvers<CometWord>();
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      log.write(chunk);
      words.push(chunk.toString("latin1"));
      const word = words.last();
      if (word) failed.resolve(word);
    });
  child.once("close", () => log.close());
  const exited = exitOf(child);
  let hasExited = false;
  const noteExit = (): void => {
    hasExited = true;
  };
  exited.then(noteExit, noteExit);
  await noteChild(paths.cometPid, child, exited);
  const failure = (what: string): Error =>
    new Error(
      toOutput
        ? `${what}; see what it said`
        : `${what}; the end of its log:\n${readFileSync(paths.cometLog, "utf8").slice(-LOG_TAIL_BYTES)}`,
    );

  return {
    pid: child.pid ?? 0,
    rpcUrl,
    exited,
    failed: failed.promise,
    lastWord: words.last,
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

async function answers(rpcUrl: string): Promise<boolean> {
  try {
    const response = await fetch(`${rpcUrl}/status`, { signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

/** The URL of the RPC that a configuration of CometBFT names. */
export function rpcUrlOf(toml: string): string {
  const address = /^\[rpc\]$[^[]*?^laddr = "tcp:\/\/([^"]+)"$/m.exec(toml)?.[1];
  if (address === undefined) throw new Error("CometBFT's configuration names no RPC address");
  return `http://${address}`;
}
