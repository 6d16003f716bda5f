import { toClientError } from "./errors.ts";
import type { ChainBlock, ChainNode } from "./node.ts";
import type { Clock } from "./ports.ts";

/** How to look for new blocks. */
export interface Polling {
  readonly clock: Clock;
  readonly pollMs: number;
  readonly signal?: AbortSignal | undefined;
}

const OUTAGE_PAUSE_MS = 500;

/** The newest height once it is above `height`. Waits outages out; rejects with the signal's reason. */
export async function heightAbove(node: ChainNode, height: bigint, polling: Polling): Promise<bigint> {
  const { clock, pollMs, signal } = polling;
  for (;;) {
    signal?.throwIfAborted();
    try {
      const newest = await node.height();
      if (newest > height) return newest;
      await clock.sleep(pollMs, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (toClientError(error).kind !== "unreachable") throw error;
      await clock.sleep(OUTAGE_PAUSE_MS, signal);
    }
  }
}

/**
 * Every block above `height` in order, each once, for ever: ends when the signal fires. A block that the node
 * does not have any more ends it with the node's error; an outage is waited out.
 */
export async function* blocksAbove(
  node: ChainNode,
  height: bigint,
  polling: Polling,
): AsyncGenerator<ChainBlock> {
  const { signal } = polling;
  for (let seen = height; !signal?.aborted; ) {
    const newest = await heightAbove(node, seen, polling).catch((error: unknown) => {
      if (signal?.aborted) return undefined;
      throw error;
    });
    if (newest === undefined) return;
    while (seen < newest && !signal?.aborted) {
      const block = await blockOrOutage(node, seen + 1n);
      if (!block) break;
      seen = block.height;
      yield block;
    }
  }
}

/** The block; undefined when the node went away after it told of it. */
async function blockOrOutage(node: ChainNode, height: bigint): Promise<ChainBlock | undefined> {
  try {
    return await node.block(height);
  } catch (error) {
    const { kind, message } = toClientError(error);
    // A node that answers with an error in JSON does not have the block.
    if (kind !== "unreachable" || message.startsWith("{")) throw error;
    return undefined;
  }
}
