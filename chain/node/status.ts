import { setTimeout as sleep } from "node:timers/promises";
import { type AppChild, AppNotStarted, describeExit } from "./app-child.ts";
import type { Comet } from "./comet.ts";

const POLL_MS = 50;

/** Waits until the node has a block: before, clients cannot read its status. */
export async function firstBlock(comet: Comet, app: AppChild, timeoutMs: number): Promise<void> {
  const gone = Promise.race([
    app.exited.then((end) => Promise.reject(new AppNotStarted(`the app ${describeExit(end)}`, end))),
    comet.failed.then(({ reason }) => Promise.reject(new Error(reason))),
  ]);
  gone.catch(() => undefined);
  await Promise.race([comet.ready(timeoutMs), gone]);
  const endsMs = performance.now() + timeoutMs;
  while (((await latestHeight(comet.rpcUrl)) ?? 0n) === 0n) {
    if (performance.now() > endsMs) throw new Error("the node made no first block in time");
    await Promise.race([sleep(POLL_MS), gone]);
  }
}

/** Height of the last block; undefined while the node does not answer. */
export async function latestHeight(rpcUrl: string): Promise<bigint | undefined> {
  try {
    const response = await fetch(`${rpcUrl}/status`, { signal: AbortSignal.timeout(2_000) });
    const { result } = (await response.json()) as {
      result: { sync_info: { latest_block_height: string } };
    };
    return BigInt(result.sync_info.latest_block_height);
  } catch {
    return undefined;
  }
}
