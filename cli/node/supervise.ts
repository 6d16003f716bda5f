import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { InvariantCheck } from "#chain/app/types.ts";
import { type Comet, startComet } from "#chain/node/comet.ts";
import { findCometBft } from "#chain/node/cometbft-binary.ts";
import { type Exit, exitOf, stopProcess } from "#chain/node/process.ts";
import { CliError, messageOf } from "#cli/errors.ts";
import type { HomeLayout } from "#cli/home/layout.ts";
import type { AppMessage } from "./app-process.ts";
import type { VerifiedProof } from "./timed-verifier.ts";

export interface NodeOptions {
  readonly layout: HomeLayout;
  readonly invariants?: InvariantCheck;
  readonly proofThreads?: number;
  /** Told of every proof that the app judged. */
  readonly onVerified?: (proof: VerifiedProof) => void;
  /** Told why both processes are started again. */
  readonly onRestart?: (why: string) => void;
}

/** A node: CometBFT and the app, each in a process of its own, restarted together when one dies. */
export interface RunningNode {
  readonly rpcUrl: string;
  /** Process ids as they are now; 0 for one that is not running. */
  pids(): { readonly app: number; readonly comet: number };
  /** How often both were started again. */
  restarts(): number;
  /** Ends both, CometBFT first. */
  stop(): Promise<void>;
}

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const APP_STOP_MS = 10_000;
const APP_START_MS = 60_000;
const FIRST_BLOCK_MS = 60_000;
const POLL_MS = 50;
const BACKOFF_MIN_MS = 250;
const BACKOFF_MAX_MS = 10_000;
/** A node that ran so long has recovered: the next failure waits little again. */
const HEALTHY_MS = 60_000;

interface AppChild {
  readonly child: ChildProcess;
  readonly exited: Promise<Exit>;
}

/** Starts the app's process and waits until it listens; its output goes to the home's log. */
async function startAppProcess(options: NodeOptions): Promise<AppChild> {
  const { layout, invariants = "cheap", proofThreads = 2, onVerified } = options;
  const log = openSync(layout.appLog, "a", 0o600);
  const args = ["--home", layout.home, "--invariants", invariants, "--proof-threads", String(proofThreads)];
  const child = spawn(process.execPath, [main, "app", ...args], { stdio: ["ignore", log, log, "ipc"] });
  closeSync(log);
  const exited = exitOf(child);
  const listening = Promise.withResolvers<void>();
  child.on("message", (message: AppMessage) => {
    if (message.kind === "listening") listening.resolve();
    else onVerified?.(message);
  });
  const ended = exited.then(() => {
    throw new CliError(`the app ended before it listened; see ${layout.appLog}`);
  });
  const late = new AbortController();
  const tooLate = sleep(APP_START_MS, undefined, { signal: late.signal }).then(() => {
    throw new CliError(`the app did not listen in time; see ${layout.appLog}`);
  });
  try {
    await Promise.race([listening.promise, ended, tooLate]);
    return { child, exited };
  } catch (error) {
    await stopProcess(child, exited, 0);
    throw error;
  } finally {
    late.abort();
    tooLate.catch(() => undefined);
    ended.catch(() => undefined);
  }
}

interface Pair {
  readonly app: AppChild;
  readonly comet: Comet;
}

/** Waits until the node has a block: before, clients cannot read its status. */
async function firstBlock(comet: Comet): Promise<void> {
  await comet.ready();
  const endsMs = performance.now() + FIRST_BLOCK_MS;
  for (;;) {
    const response = await fetch(`${comet.rpcUrl}/status`, { signal: AbortSignal.timeout(5_000) });
    const { result } = (await response.json()) as { result: { sync_info: { latest_block_height: string } } };
    if (result.sync_info.latest_block_height !== "0") return;
    if (performance.now() > endsMs) throw new CliError("the node made no first block in time");
    await sleep(POLL_MS);
  }
}

async function startPair(options: NodeOptions): Promise<Pair> {
  const app = await startAppProcess(options);
  try {
    const comet = await startComet({ binary: findCometBft(), home: options.layout.home });
    await firstBlock(comet).catch(async (error: unknown) => {
      await comet.stop(0);
      throw error;
    });
    return { app, comet };
  } catch (error) {
    await stopProcess(app.child, app.exited, APP_STOP_MS);
    throw error;
  }
}

async function stopPair({ app, comet }: Pair, graceMs?: number): Promise<void> {
  await comet.stop(graceMs);
  await stopProcess(app.child, app.exited, APP_STOP_MS);
}

const describe = ({ code, signal }: Exit): string =>
  signal ? `was killed by ${signal}` : `ended with ${code}`;

/** Resolves with what happened when one of both ends. */
const firstEnd = ({ app, comet }: Pair): Promise<string> =>
  Promise.race([
    app.exited.then((exit) => `the app ${describe(exit)}`),
    comet.exited.then((exit) => `CometBFT ${describe(exit)}`),
  ]);

/**
 * Starts a node and keeps it going: when the app or CometBFT dies, both are started again, after a pause
 * that grows while they keep dying. Rejects when the first start fails.
 */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  let pair: Pair | undefined = await startPair(options);
  let restarts = 0;
  const { rpcUrl } = pair.comet;
  const stopping = new AbortController();

  async function restart(why: string, pauseMs: number): Promise<void> {
    options.onRestart?.(why);
    await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    if (stopping.signal.aborted) return;
    restarts += 1;
    pair = await startPair(options);
  }

  async function supervise(): Promise<void> {
    let pauseMs = BACKOFF_MIN_MS;
    let why = "";
    while (!stopping.signal.aborted) {
      const startedMs = performance.now();
      if (pair) why = await firstEnd(pair);
      if (stopping.signal.aborted) return;
      // CometBFT hangs without its app, so it gets little time.
      if (pair) await stopPair(pair, 1_000);
      pair = undefined;
      if (performance.now() - startedMs > HEALTHY_MS) pauseMs = BACKOFF_MIN_MS;
      try {
        await restart(why, pauseMs);
      } catch (error) {
        why = messageOf(error);
      }
      pauseMs = Math.min(pauseMs * 2, BACKOFF_MAX_MS);
    }
  }
  const supervised = supervise();

  return {
    rpcUrl,
    pids: () => ({ app: pair?.app.child.pid ?? 0, comet: pair?.comet.pid ?? 0 }),
    restarts: () => restarts,
    stop: async () => {
      stopping.abort();
      const current = pair;
      if (current) await stopPair(current);
      await supervised;
      // A restart that was under way when the stop came.
      if (pair && pair !== current) await stopPair(pair);
      pair = undefined;
    },
  };
}
