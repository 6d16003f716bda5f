import { setTimeout as sleep } from "node:timers/promises";
import { type AppChild, AppNotStarted, describeExit } from "./app-child.ts";
import type { Comet } from "./comet.ts";

const POLL_MS = 50;

/**
 * Waits until the node has a block: before, clients cannot read its status. One that catches up with others,
 * or fetches a snapshot of theirs, may take as long as they need.
 */
export async function firstBlock(comet: Comet, app: AppChild, timeoutMs: number): Promise<void> {
  const gone = Promise.race([
    app.exited.then((end) => Promise.reject(new AppNotStarted(`the app ${describeExit(end)}`, end))),
    comet.failed.then(({ reason }) => Promise.reject(new Error(reason))),
  ]);
  gone.catch(() => undefined);
  await Promise.race([comet.ready(), gone]);
  let endsMs = performance.now() + timeoutMs;
  for (;;) {
    const { height = 0n, isCatchingUp = false } = (await syncOf(comet.rpcUrl)) ?? {};
    if (height > 0n) return;
    if (isCatchingUp) endsMs = performance.now() + timeoutMs;
    if (performance.now() > endsMs) throw new Error("the node made no first block in time");
    await Promise.race([sleep(POLL_MS), gone]);
  }
}

interface SyncInfo {
  readonly latest_block_height: string;
  readonly catching_up: boolean;
}

/** How far a node is; undefined while it does not answer. */
async function syncOf(rpcUrl: string): Promise<{ height: bigint; isCatchingUp: boolean } | undefined> {
  try {
    const response = await fetch(`${rpcUrl}/status`, { signal: AbortSignal.timeout(2_000) });
    const { result } = (await response.json()) as { result: { sync_info: SyncInfo } };
    const { latest_block_height: height, catching_up: isCatchingUp } = result.sync_info;
    return { height: BigInt(height), isCatchingUp };
  } catch {
    return undefined;
  }
}

/** Height of the last block; undefined while the node does not answer. */
export const latestHeight = async (rpcUrl: string): Promise<bigint | undefined> =>
  (await syncOf(rpcUrl))?.height;
