import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { connectRpc, type Rpc } from "../rpc.ts";

// The load generator, a process of its own: sends ready transactions by JSON-RPC and says how long it took
// until the last was committed. What to do comes by argument, what came of it goes to standard output: JSON.

/** What the load generator is told. */
export interface LoadJob {
  readonly rpcUrl: string;
  /** Its transactions, each after its length in two big-endian bytes. */
  readonly file: string;
  /** Transactions of a block that are not of the load. */
  readonly othersPerBlock: number;
  readonly connections: number;
  /** Transactions of one request. */
  readonly batch: number;
  /** Transactions that may wait for a block: below what the mempool holds. */
  readonly waitingMax: number;
}

/** What it says. */
export interface LoadReport {
  readonly ms: number;
  /** Height of the last block before. */
  readonly from: number;
  /** Height of the block that committed the last one. */
  readonly to: number;
  readonly cpuMicros: number;
}

const POLL_MS = 50;
const WAIT_MS = 2;
/** Nothing committed for so long means that something was lost. */
const STALL_MS = 60_000;
/** What CometBFT answers at most. */
const METAS_MAX = 20;

interface Progress {
  sent: number;
  committed: number;
}

function readTxs(file: string): string[] {
  const bytes = readFileSync(file);
  const txs: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const start = at + 2;
    at = start + bytes.readUInt16BE(at);
    txs.push(bytes.toString("base64", start, at));
  }
  return txs;
}

const requestOf = (tx: string, id: number): string =>
  `{"jsonrpc":"2.0","id":${id},"method":"broadcast_tx_async","params":{"tx":"${tx}"}}`;

interface Batch {
  readonly body: string;
  readonly txs: number;
}

function batchesOf(txs: readonly string[], size: number): Batch[] {
  const batches: Batch[] = [];
  for (let at = 0; at < txs.length; at += size) {
    const own = txs.slice(at, at + size);
    batches.push({ body: `[${own.map(requestOf)}]`, txs: own.length });
  }
  return batches;
}

async function send(rpc: Rpc, batches: Batch[], progress: Progress, waitingMax: number): Promise<void> {
  for (let next = batches.shift(); next !== undefined; next = batches.shift()) {
    while (progress.sent + next.txs - progress.committed > waitingMax) await sleep(WAIT_MS);
    progress.sent += next.txs;
    const answer = await rpc.post(next.body);
    if (answer.includes('"error"')) throw new Error(answer.slice(0, 1000));
  }
}

/** Height of the last block that the app has made durable. */
async function heightOf(rpc: Rpc): Promise<number> {
  const { response } = await rpc.call<{ response: { last_block_height?: string } }>("abci_info");
  return Number(response.last_block_height ?? 0);
}

/** Counts what blocks have committed until it is all; returns the height of the last one. */
async function watch(rpc: Rpc, from: number, total: number, job: LoadJob, progress: Progress) {
  let [seen, changedMs] = [from, performance.now()];
  while (progress.committed < total) {
    await sleep(POLL_MS);
    const height = Math.min(await heightOf(rpc), seen + METAS_MAX);
    if (performance.now() - changedMs > STALL_MS)
      throw new Error(`only ${progress.committed} of ${total} transactions were committed`);
    if (height === seen) continue;
    const { block_metas } = await rpc.call<{ block_metas: { num_txs: string }[] }>("blockchain", {
      minHeight: `${seen + 1}`,
      maxHeight: `${height}`,
    });
    for (const { num_txs } of block_metas) {
      const txs = Number(num_txs) - job.othersPerBlock;
      progress.committed += txs;
      if (txs > 0) changedMs = performance.now();
    }
    seen = height;
  }
  return seen;
}

async function main(job: LoadJob): Promise<LoadReport> {
  const txs = readTxs(job.file);
  const batches = batchesOf(txs, job.batch);
  const rpc = connectRpc(job.rpcUrl, job.connections + 1);
  const progress = { sent: 0, committed: 0 };
  try {
    const from = await heightOf(rpc);
    const startMs = performance.now();
    const cpu = process.cpuUsage();
    const senders = Array.from({ length: job.connections }, () =>
      send(rpc, batches, progress, job.waitingMax),
    );
    const [to] = await Promise.all([watch(rpc, from, txs.length, job, progress), ...senders]);
    const { user, system } = process.cpuUsage(cpu);
    return { ms: performance.now() - startMs, from, to, cpuMicros: user + system };
  } finally {
    rpc.close();
  }
}

console.log(JSON.stringify(await main(JSON.parse(process.argv[2] ?? "") as LoadJob)));
