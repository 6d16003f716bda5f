import { setTimeout as sleep } from "node:timers/promises";
import { type AppChild, type AppEnd, AppNotStarted, describeExit, endSoon } from "./app-child.ts";
import { type Comet, startComet } from "./comet.ts";
import type { CometWord } from "./comet-words.ts";
import { homePaths } from "./config.ts";
import { type Halt, haltCodes, haltOf } from "./exit.ts";
import { PATIENCE, type Patience } from "./patience.ts";
import { takeHome } from "./pid.ts";
import { diskTrouble } from "./space.ts";
import { firstBlock, latestHeight } from "./status.ts";

/** CometBFT hangs without its app, so it gets little time after the app has died. */
const ORPHAN_STOP_MS = 1_000;

/** What a supervisor tells. */
export type NodeNews =
  | { readonly kind: "down"; readonly why: string; readonly pauseMs: number }
  | { readonly kind: "waiting"; readonly why: string }
  | { readonly kind: "up"; readonly restarts: number };

export interface SupervisorOptions {
  readonly home: string;
  readonly binary: string;
  readonly startApp: () => Promise<AppChild>;
  /** Readies the home for the first start, once no other process can hold it. */
  readonly prepare?: () => void;
  /** Whether CometBFT's output goes to this process's own and not to the home's log. */
  readonly toOutput?: boolean;
  /** Added to the environment of CometBFT. */
  readonly cometEnv?: () => NodeJS.ProcessEnv;
  readonly onNews?: (news: NodeNews) => void;
  /** Stops the node, also while it is waiting to start for the first time. */
  readonly signal?: AbortSignal;
  readonly patience?: Partial<Patience>;
}

/** A node that cannot go on; the exit code is `haltCodes[halt.cause]`. */
export class NodeHalted extends Error {
  override readonly name = "NodeHalted";
  readonly halt: Halt;

  constructor(halt: Halt) {
    super(halt.reason);
    this.halt = halt;
  }

  get exitCode(): number {
    return haltCodes[this.halt.cause];
  }
}

/** A node: CometBFT and the app, each in a process of its own, restarted together when one dies. */
export interface SupervisedNode {
  readonly rpcUrl: string;
  /** Process ids as they are now; 0 for one that is not running. */
  pids(): { readonly app: number; readonly comet: number };
  /** How often both were started again. */
  restarts(): number;
  /** Resolves when the node was stopped; rejects with NodeHalted when it cannot go on. */
  readonly ended: Promise<void>;
  /** Ends both, CometBFT first. */
  stop(): Promise<void>;
}

interface Pair {
  readonly app: AppChild;
  readonly comet: Comet;
}

/** Why a pair, or an attempt to start one, came to its end. */
interface End {
  readonly why: string;
  readonly halt?: Halt | undefined;
  /** CometBFT died of a signal, which is none of its app's doing. */
  readonly isKilled?: boolean;
}

const endOfApp = (end: AppEnd): End => ({
  why: end.halt ? `the app halted: ${end.halt.reason}` : `the app ${describeExit(end)}`,
  halt: end.halt,
});

const endOfComet = (why: string, word: CometWord | undefined): End => {
  if (word === undefined) return { why };
  const { cause, reason } = word;
  return cause === "again" ? { why: reason } : { why: reason, halt: { cause, reason } };
};

/**
 * Starts a node and keeps it going: when the app or CometBFT dies, with whatever exit code, both are started
 * again, after a pause that grows while they keep dying. A full or broken disk is waited for. Rejects when
 * the first start fails for another reason, and with NodeHalted when no restart could help.
 */
export async function superviseNode(options: SupervisorOptions): Promise<SupervisedNode> {
  const release = await takeHome(homePaths(options.home).nodePid);
  const node = new Supervisor(options);
  const onStop = (): void => void node.stop();
  options.signal?.addEventListener("abort", onStop);
  if (options.signal?.aborted) onStop();
  try {
    options.prepare?.();
    await node.begin();
  } catch (error) {
    release();
    throw error;
  }
  const ended = node.run().finally(() => {
    options.signal?.removeEventListener("abort", onStop);
    release();
  });
  // Whoever does not wait for it learns of the end by its news and by `stop`.
  ended.catch(() => undefined);
  const rpcUrl = node.rpcUrl;
  return {
    rpcUrl,
    ended,
    pids: () => node.pids(),
    restarts: () => node.restarts,
    stop: async () => {
      await node.stop();
      await ended.catch(() => undefined);
    },
  };
}

class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #patience: Patience;
  readonly #stopping = new AbortController();
  #pair: Pair | undefined;
  #stopped: Promise<unknown> | undefined;
  /** Height at which the state machine broke a rule, and how often in a row. */
  #bugs = { height: -1n, count: 0 };
  /** Height at which the app opened its state last. */
  #height = 0n;
  restarts = 0;
  rpcUrl = "";

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#patience = { ...PATIENCE, ...options.patience };
  }

  pids(): { app: number; comet: number } {
    return { app: this.#pair?.app.pid ?? 0, comet: this.#pair?.comet.pid ?? 0 };
  }

  /** Starts both for the first time. */
  async begin(): Promise<void> {
    for (;;) {
      if (this.#stopping.signal.aborted) throw new Error("the node was stopped before it ran");
      const failure = await this.#start();
      if (failure === undefined) return;
      if (failure.end.halt?.cause === "disk") await this.#waitForDisk(failure.end.why);
      else if (failure.end.halt) throw new NodeHalted(failure.end.halt);
      else throw failure.error;
    }
  }

  /** Restarts both until they are stopped; rejects with the last word. */
  async run(): Promise<void> {
    const { pauseMinMs, pauseMaxMs, healthyMs } = this.#patience;
    let pauseMs = pauseMinMs;
    let startedMs = performance.now();
    let end: End | undefined;
    for (;;) {
      if (this.#pair) end = await this.#untilEnd(this.#pair);
      if (this.#stopping.signal.aborted) return void (await this.#stopped);
      if (end) await this.#judge(end);
      if (performance.now() - startedMs > healthyMs) pauseMs = pauseMinMs;
      if (!(await this.#pause(end?.why ?? "", pauseMs))) return void (await this.#stopped);
      pauseMs = Math.min(pauseMs * 2, pauseMaxMs);
      startedMs = performance.now();
      end = (await this.#start())?.end;
      if (end === undefined) this.#news({ kind: "up", restarts: ++this.restarts });
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#stopped ??= this.#stopPair(this.#patience.cometStopMs);
    await this.#stopped;
  }

  #news(news: NodeNews): void {
    this.#options.onNews?.(news);
  }

  /** Starts both; gives what went wrong. */
  async #start(): Promise<{ end: End; error: unknown } | undefined> {
    let app: AppChild | undefined;
    let comet: Comet | undefined;
    try {
      app = await this.#options.startApp();
      this.#height = app.height;
      const { home, binary, cometEnv, toOutput = false } = this.#options;
      comet = await startComet({ binary, home, env: cometEnv?.() ?? {}, toOutput });
      await firstBlock(comet, app, this.#patience.firstBlockMs, this.#stopping.signal);
      this.rpcUrl = comet.rpcUrl;
      this.#pair = { app, comet };
      // A stop that came meanwhile has found nothing to stop.
      if (this.#stopping.signal.aborted) await this.#stopPair(this.#patience.cometStopMs);
      return undefined;
    } catch (error) {
      // One that was asked to stop still has its app.
      await comet?.stop(this.#stopping.signal.aborted ? this.#patience.cometStopMs : ORPHAN_STOP_MS);
      const appEnd = await app?.stop(this.#patience.appStopMs);
      return { error, end: atHeight(startFailure(error, appEnd, comet?.lastWord()), app?.height) };
    }
  }

  async #stopPair(cometMs: number): Promise<AppEnd | undefined> {
    const pair = this.#pair;
    if (pair === undefined) return undefined;
    await pair.comet.stop(cometMs);
    const end = await pair.app.stop(this.#patience.appStopMs);
    this.#pair = undefined;
    return end;
  }

  /** Waits until one of both ends or fails, ends the other, and says why. */
  async #untilEnd({ app, comet }: Pair): Promise<End> {
    const first = await Promise.race([
      app.exited.then(endOfApp),
      comet.failed.then((word) => endOfComet("", word)),
      comet.exited.then((exit) => ({
        ...endOfComet(`CometBFT ${describeExit(exit)}`, comet.lastWord()),
        isKilled: exit.signal !== null,
      })),
    ]);
    if (this.#stopping.signal.aborted) return first;
    // CometBFT fails or ends when its app has gone, and may be the first of whom it is seen.
    const gone = first.isKilled || first.halt ? undefined : await endSoon(app);
    const height = await latestHeight(comet.rpcUrl);
    const appEnd = (await this.#stopPair(ORPHAN_STOP_MS)) ?? gone;
    const told = first.halt
      ? first
      : appEnd && (gone || appEnd.halt)
        ? endOfApp(appEnd)
        : endOfComet(first.why, comet.lastWord());
    return atHeight(told, height ?? app.height);
  }

  /** Returns when a restart may help; rejects with the last word when not. */
  async #judge({ why, halt }: End): Promise<void> {
    if (halt?.cause === "disk" || diskTrouble(this.#options.home, this.#patience.freeBytesMin) !== undefined)
      return this.#waitForDisk(why);
    if (halt === undefined) return;
    if (halt.cause !== "bug") throw new NodeHalted(halt);
    const { height, count } = this.#bugs;
    this.#bugs = { height: this.#height, count: height === this.#height ? count + 1 : 1 };
    if (this.#bugs.count >= this.#patience.bugsMax) throw new NodeHalted(halt);
  }

  async #waitForDisk(why: string): Promise<void> {
    let told: string | undefined;
    while (!this.#stopping.signal.aborted) {
      const trouble = diskTrouble(this.#options.home, this.#patience.freeBytesMin);
      if (trouble === undefined) return;
      if (told === undefined) this.#news({ kind: "waiting", why: `${why}; ${trouble}` });
      told = trouble;
      await this.#sleep(this.#patience.diskPollMs);
    }
  }

  /** False when the node is to stop. */
  async #pause(why: string, pauseMs: number): Promise<boolean> {
    if (this.#stopping.signal.aborted) return false;
    this.#news({ kind: "down", why, pauseMs });
    await this.#sleep(pauseMs);
    return !this.#stopping.signal.aborted;
  }

  #sleep(durationMs: number): Promise<void> {
    return sleep(durationMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}

/** Adds to a hash that is not the chain's the height of the last block that both agree to have. */
function atHeight(end: End, height: bigint | undefined): End {
  if (end.halt?.cause !== "appHash" || height === undefined) return end;
  const reason = `after height ${height} ${end.halt.reason}; \`iterum store diff\` names the first key`;
  return { why: reason, halt: { cause: "appHash", reason } };
}

function startFailure(error: unknown, appEnd: AppEnd | undefined, word: CometWord | undefined): End {
  const why = error instanceof Error ? error.message : String(error);
  if (error instanceof AppNotStarted) return { why, halt: error.end.halt };
  if (appEnd?.halt) return endOfApp(appEnd);
  if (word) return endOfComet(why, word);
  return { why, halt: haltOf(error) };
}
