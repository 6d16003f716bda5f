import { setTimeout as sleep } from "node:timers/promises";
import { people } from "../kit/accounts.ts";
import { startNode } from "../kit/node.ts";
import { type Effort, perSecond } from "./measure.ts";

/** The pause after a block, which CometBFT wants above zero. */
const TIMEOUT_COMMIT_MS = 1;
const IDLE_MS = { full: 5000, quick: 1500 };

/** Empty blocks a second of a real node whose blocks follow each other at once, beacon signed. */
export async function benchNodeBlocks(effort: Effort): Promise<number> {
  const choice = { members: people("ann", "bob", "cid", "dan"), others: [] };
  const node = await startNode(choice, TIMEOUT_COMMIT_MS, { ITERUM_TEST_INVARIANTS: "cheap" });
  try {
    await node.until(3n);
    const first = await node.height();
    const startMs = performance.now();
    await sleep(IDLE_MS[effort]);
    await node.until(first + 2n);
    const last = await node.height();
    return perSecond(Number(last - first), performance.now() - startMs);
  } finally {
    await node.remove();
  }
}
