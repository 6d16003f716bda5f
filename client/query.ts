import { setTimeout as delay } from "node:timers/promises";
import { ClientError } from "./errors.ts";
import type { ChainNode } from "./node.ts";
import type { Ask } from "./ports.ts";

/** How to wait for a node that is behind. */
export interface Freshness {
  /** The state must be at least as new as this height. */
  readonly height: bigint;
  readonly timeoutMs?: number;
}

const FRESH_TIMEOUT_MS = 30_000;
const FRESH_POLL_MS = 50;

/**
 * Questions to a node about its newest state; with `fresh`, about one that is not older than the height, for
 * which it waits. Throws ClientError: `refused` with the chain's own code, `unreachable`, or `timeout`.
 */
export const askNode =
  (node: ChainNode, fresh?: Freshness): Ask =>
  async (rpc, request) => {
    const data = rpc.request.encode(request);
    const end = Date.now() + (fresh?.timeoutMs ?? FRESH_TIMEOUT_MS);
    for (;;) {
      const behind = fresh && (await node.height()) < fresh.height;
      if (!behind) return rpc.response.decode((await node.query(rpc.path, data)).value);
      if (Date.now() >= end)
        throw new ClientError("timeout", `the node did not reach height ${fresh.height}`);
      await delay(FRESH_POLL_MS);
    }
  };
