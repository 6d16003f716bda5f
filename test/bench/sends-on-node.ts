import { setTimeout as sleep } from "node:timers/promises";
import type { GenesisChoice } from "../kit/genesis.ts";
import { startNode, type TestNode } from "../kit/node.ts";
import { perSecond } from "./measure.ts";
import { usageOf } from "./process-usage.ts";
import { connectRpc, type Rpc } from "./rpc.ts";
import type { Lane } from "./signed-sends.ts";

/** The pause after a block: long enough for full blocks, which a busy chain has. */
const TIMEOUT_COMMIT_MS = 500;
const CONNECTIONS = 16;
/** Sends that may wait for a block at once: below it the mempool is never full. */
const WAITING_MAX = 2000;
const POLL_MS = 50;
/** Code of a transaction ahead of its turn: the mempool's state starts anew with every block. */
const CODE_SEQUENCE = 32;
const RETRY_MS = 20;

/** Figures of a real node, its app in a process of its own. Usage of the app is known where /proc is. */
export interface NodeFigures {
  readonly txsPerSecond: number;
  /** Transactions a block, of the blocks that had any. */
  readonly blockTxs: number;
  readonly retries: number;
  readonly appMicrosPerTx: number | undefined;
  readonly appPeakMegabytes: number | undefined;
}

/**
 * Starts a node, sends it all the transactions over a few connections and waits until every one is committed.
 * Throws unless all succeeded.
 */
export async function benchSendsOnNode(
  choice: GenesisChoice,
  lanes: readonly Lane[],
  appEnv: NodeJS.ProcessEnv,
  mempool: "app" | "flood" = "app",
): Promise<NodeFigures> {
  const env = { ITERUM_TEST_INVARIANTS: "cheap", ...appEnv };
  const node = await startNode(choice, TIMEOUT_COMMIT_MS, env, mempool);
  const rpc = connectRpc(node.rpcUrl, CONNECTIONS + 1);
  try {
    return await sendAll(node, rpc, lanes);
  } finally {
    rpc.close();
    await node.remove();
  }
}

async function sendAll(node: TestNode, rpc: Rpc, lanes: readonly Lane[]): Promise<NodeFigures> {
  const total = lanes.reduce((sum, { length }) => sum + length, 0);
  const firstHeight = (await node.height()) + 1n;
  const before = usageOf(node.pids().app);
  const startMs = performance.now();
  const progress = { sent: 0, committed: 0, retries: 0 };
  const connections = Array.from({ length: CONNECTIONS }, (_, i) =>
    lanes.filter((_, lane) => lane % CONNECTIONS === i),
  );
  await Promise.all([
    watch(rpc, firstHeight, total, progress),
    ...connections.map((own) => sendLanes(rpc, own, progress)),
  ]);
  const ms = performance.now() - startMs;
  const after = usageOf(node.pids().app);
  const blocks = await checkResults(rpc, firstHeight, total);
  return {
    txsPerSecond: perSecond(total, ms),
    blockTxs: total / blocks,
    retries: progress.retries,
    appMicrosPerTx: after && before && (after.cpuMicros - before.cpuMicros) / total,
    appPeakMegabytes: after?.peakMegabytes,
  };
}

interface Progress {
  sent: number;
  committed: number;
  retries: number;
}

/** Sends lanes over one connection, a transaction of each after the other, and never runs too far ahead. */
async function sendLanes(rpc: Rpc, lanes: readonly Lane[], progress: Progress): Promise<void> {
  const longest = Math.max(0, ...lanes.map(({ length }) => length));
  for (let i = 0; i < longest; i++) {
    for (const lane of lanes) {
      const tx = lane[i];
      if (tx === undefined) continue;
      while (progress.sent - progress.committed >= WAITING_MAX) await sleep(RETRY_MS);
      progress.sent++;
      await broadcast(rpc, Buffer.from(tx).toString("base64"), progress);
    }
  }
}

async function broadcast(rpc: Rpc, tx: string, progress: Progress): Promise<void> {
  for (;;) {
    const { code, log } = await rpc.call<{ code: number; log: string }>("broadcast_tx_sync", { tx });
    if (code === 0) return;
    if (code !== CODE_SEQUENCE) throw new Error(`a send was refused: ${log}`);
    progress.retries++;
    await sleep(RETRY_MS);
  }
}

/** Counts what blocks have committed until it is everything; the beacon of each block does not count. */
async function watch(rpc: Rpc, from: bigint, total: number, progress: Progress): Promise<void> {
  for (let next = from; progress.committed < total; await sleep(POLL_MS)) {
    const height = await heightOf(rpc);
    for (; next <= height; next++) {
      const at = `${next}`;
      const { block_metas } = await rpc.call<{ block_metas: { num_txs: string }[] }>("blockchain", {
        minHeight: at,
        maxHeight: at,
      });
      progress.committed += Number(block_metas[0]?.num_txs) - 1;
    }
  }
}

/** Height of the last block that the app has run and made durable. */
async function heightOf(rpc: Rpc): Promise<bigint> {
  const { response } = await rpc.call<{ response: { last_block_height?: string } }>("abci_info");
  return BigInt(response.last_block_height ?? 0);
}

/** Reads every result; throws unless all are there with code 0. Returns how many blocks had any. */
async function checkResults(rpc: Rpc, from: bigint, total: number): Promise<number> {
  const last = await heightOf(rpc);
  let [seen, blocks] = [0, 0];
  for (let height = from; height <= last && seen < total; height++) {
    const { txs_results } = await rpc.call<{ txs_results: { code?: number; log: string }[] }>(
      "block_results",
      {
        height: `${height}`,
      },
    );
    const failed = txs_results.find(({ code = 0 }) => code !== 0);
    if (failed) throw new Error(`a send failed at height ${height}: ${failed.log}`);
    seen += txs_results.length - 1;
    if (txs_results.length > 1) blocks++;
  }
  if (seen !== total) throw new Error(`${seen} of ${total} sends were committed`);
  return blocks;
}
