import { Presets, SingleBar } from "cli-progress";
import { type NodeStatus, statusOf } from "#chain/node/status.ts";
import type { Report } from "./report.ts";

/** Shows how a node comes to the height of its chain. */
export interface SyncProgress {
  /** So many chunks of a snapshot are in the state. */
  restoring(taken: number, chunks: number): void;
  stop(): void;
}

export interface SyncOptions {
  /** The node's own RPC. */
  readonly rpcUrl: string;
  /** RPC of others, which know how far the chain is. */
  readonly others: readonly string[];
  /** Whether it waits for a snapshot of its peers first. */
  readonly bySnapshot: boolean;
  readonly report: Report;
  /** A terminal that a bar is drawn on; lines are reported elsewhere. */
  readonly terminal?: NodeJS.WriteStream | undefined;
}

const LOOK_MS = 1_000;
/** Looks between two lines where there is no bar. */
const LINE_LOOKS = 10;

/** A snapshot that is there is found in a quarter of this. */
const HINT_AFTER_S = 60;

/** How far a sync is. */
interface Step {
  readonly what: string;
  readonly done: number;
  readonly of: number;
}

/** Height of the chain as others know it; undefined where none answers. */
async function chainHeight(others: readonly string[]): Promise<bigint | undefined> {
  for (const rpcUrl of new Set(others)) {
    const status = await statusOf(rpcUrl).catch(() => undefined);
    if (status) return status.height;
  }
  return undefined;
}

/** What helps where nobody offers a snapshot. */
const hint = (secondsLooked: number): string =>
  secondsLooked < HINT_AFTER_S ? "" : " (`iterum config set sync.mode=blocks` plays every block instead)";

function stepOf(own: NodeStatus, of: bigint | undefined, bySnapshot: boolean, secondsLooked: number): Step {
  if (own.height === 0n && bySnapshot)
    return {
      what: `looking for snapshots of peers, ${secondsLooked} s${hint(secondsLooked)}`,
      done: 0,
      of: 0,
    };
  return { what: "blocks", done: Number(own.height), of: Number(of ?? 0n) };
}

const textOf = ({ what, done, of }: Step): string =>
  of > 0 ? `syncing: ${what} ${done} of ${of}` : `syncing: ${what}${done > 0 ? ` ${done}` : ""}`;

function show({ report, terminal }: SyncOptions) {
  const format = "… syncing: {what} [{bar}] {value}{end}";
  const bar = terminal
    ? new SingleBar({ format, stream: terminal, hideCursor: true, clearOnComplete: true }, Presets.legacy)
    : undefined;
  let [isShown, looks] = [false, 0];
  return {
    step(step: Step): void {
      if (bar) {
        const [what, end] = [step.what, step.of > 0 ? ` of ${step.of}` : ""];
        // An end that nobody knows is further off than what is done.
        const total = step.of > 0 ? step.of : 2 * step.done + 1;
        if (!isShown) bar.start(total, step.done, { what, end });
        isShown = true;
        bar.setTotal(total);
        bar.update(step.done, { what, end });
      } else if (looks++ % LINE_LOOKS === 0) report.info(textOf(step), { ...step });
    },
    end(): void {
      if (isShown) bar?.stop();
    },
  };
}

/** Starts to show a node's sync; nothing is shown of a node that is with the chain already. */
export function showSync(options: SyncOptions): SyncProgress {
  const { rpcUrl, others, bySnapshot, report } = options;
  const shown = show(options);
  const startMs = performance.now();
  let chunks: Step | undefined;
  let [isOver, wasBehind] = [false, false];
  const look = async (): Promise<void> => {
    const own = await statusOf(rpcUrl).catch(() => undefined);
    if (own === undefined || isOver) return;
    if (!own.isCatchingUp) {
      end();
      if (wasBehind) report.info(`synced at height ${own.height}`, { height: String(own.height) });
      return;
    }
    wasBehind = true;
    if (own.height > 0n) chunks = undefined;
    const seconds = Math.round((performance.now() - startMs) / 1000);
    shown.step(chunks ?? stepOf(own, await chainHeight(others), bySnapshot, seconds));
  };
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    void look().finally(() => {
      isLooking = false;
    });
  }, LOOK_MS);
  const end = (): void => {
    isOver = true;
    clearInterval(timer);
    shown.end();
  };
  return {
    restoring: (done, of) => {
      chunks = { what: "chunks of a snapshot", done, of };
    },
    stop: end,
  };
}
