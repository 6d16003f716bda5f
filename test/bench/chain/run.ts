import { execFile } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startComet } from "#chain/node/comet.ts";
import { configure } from "#chain/node/comet-settings.ts";
import { findCometBft } from "#chain/node/cometbft-binary.ts";
import { homePaths } from "#chain/node/config.ts";
import type { GenesisChoice } from "../../kit/genesis.ts";
import { makeHome, startApp } from "../../kit/node.ts";
import { perSecond } from "../measure.ts";
import { type Usage, usageOf } from "../process-usage.ts";
import { connectRpc, type Rpc } from "../rpc.ts";
import type { LoadJob, LoadReport } from "./load.ts";

/** What stands behind CometBFT: the chain's app, or the ceiling in its place. */
export type Program = "app" | "ceiling";

/** What is sent, and how CometBFT is set. */
export interface Load {
  readonly choice: GenesisChoice;
  readonly file: string;
  readonly txs: number;
  readonly indexer: "null" | "kv";
  /** Pause after a block. */
  readonly timeoutCommitMs: number;
  readonly appEnv: NodeJS.ProcessEnv;
}

/** Figures of one run; processor times are known where /proc is, and else NaN. */
export interface ChainFigures {
  readonly txPerSecond: number;
  /** Transactions a block, of the blocks that had any. */
  readonly blockTxs: number;
  readonly appMicrosPerTx: number;
  readonly cometMicrosPerTx: number;
  readonly loadMicrosPerTx: number;
  readonly appPeakMegabytes: number;
}

const CONNECTIONS = 4;
const BATCH = 100;
const WAITING_MAX = 10_000;
const LOAD_TIMEOUT_MS = 600_000;
const PROGRAMS = {
  app: new URL("../../kit/app-process.ts", import.meta.url),
  ceiling: new URL("./ceiling-process.ts", import.meta.url),
};

/** Sets CometBFT for load: requests of any size, little logging; all else is as nodes have it. */
async function tune(home: string, { indexer }: Load): Promise<void> {
  const { cometConfig } = homePaths(home);
  const settings = {
    "": { log_level: "error" },
    rpc: { max_body_bytes: 100_000_000, max_request_batch_size: 0 },
    tx_index: { indexer },
  };
  await writeFile(cometConfig, configure(await readFile(cometConfig, "utf8"), settings));
}

/**
 * Starts a node, lets another process send it the load, and reads every result. Throws unless all were
 * committed with code 0.
 */
export async function runChain(program: Program, load: Load): Promise<ChainFigures> {
  const { home, rpcPort } = await makeHome(load.choice, load.timeoutCommitMs);
  const rpc = connectRpc(`http://127.0.0.1:${rpcPort}`, 1);
  try {
    await tune(home, load);
    const env = { ITERUM_TEST_INVARIANTS: "cheap", ...load.appEnv };
    const app = await startApp(home, env, PROGRAMS[program]);
    try {
      const comet = await startComet({ binary: findCometBft(), home });
      try {
        await comet.ready();
        await sleepUntilHeight(rpc, 2);
        return await measure(rpc, load, program, { app: app.pid, comet: comet.pid });
      } finally {
        await comet.stop();
      }
    } finally {
      await app.stop(10_000);
    }
  } finally {
    rpc.close();
    await rm(home, { recursive: true, force: true });
  }
}

async function measure(
  rpc: Rpc,
  load: Load,
  program: Program,
  pids: { readonly app: number; readonly comet: number },
): Promise<ChainFigures> {
  const before = { app: usageOf(pids.app), comet: usageOf(pids.comet) };
  const report = await generate({
    ...{ rpcUrl: rpc.url, file: load.file, connections: CONNECTIONS, batch: BATCH, waitingMax: WAITING_MAX },
    othersPerBlock: program === "app" ? 1 : 0,
  });
  const after = { app: usageOf(pids.app), comet: usageOf(pids.comet) };
  const blocks = await checkResults(rpc, report, load.txs);
  const micros = (name: "app" | "comet"): number => spent(before[name], after[name]) / load.txs;
  return {
    txPerSecond: perSecond(load.txs, report.ms),
    blockTxs: load.txs / blocks,
    appMicrosPerTx: micros("app"),
    cometMicrosPerTx: micros("comet"),
    loadMicrosPerTx: report.cpuMicros / load.txs,
    appPeakMegabytes: after.app?.peakMegabytes ?? Number.NaN,
  };
}

const spent = (before: Usage | undefined, after: Usage | undefined): number =>
  before && after ? after.cpuMicros - before.cpuMicros : Number.NaN;

async function generate(job: LoadJob): Promise<LoadReport> {
  const entry = fileURLToPath(new URL("./load.ts", import.meta.url));
  const run = promisify(execFile)(process.execPath, [entry, JSON.stringify(job)], {
    timeout: LOAD_TIMEOUT_MS,
  });
  return JSON.parse((await run).stdout) as LoadReport;
}

/** Reads the results of the blocks; throws unless all are there with code 0. Counts blocks that had any. */
async function checkResults(rpc: Rpc, { from, to }: LoadReport, total: number): Promise<number> {
  let [succeeded, blocks] = [0, 0];
  for (let height = from + 1; height <= to; height++) {
    const { txs_results: results } = await rpc.call<{
      txs_results: { code?: number; log: string; gas_wanted: string }[] | null;
    }>("block_results", { height: `${height}` });
    // The beacon is the one that asks for no gas.
    const own = (results ?? []).filter(({ gas_wanted }) => gas_wanted !== "0" && gas_wanted !== undefined);
    const failed = own.find(({ code = 0 }) => code !== 0);
    if (failed) throw new Error(`a send failed at height ${height}: ${failed.log}`);
    succeeded += own.length;
    if (own.length > 0) blocks++;
  }
  if (succeeded !== total) throw new Error(`${succeeded} of ${total} sends succeeded`);
  return blocks;
}

async function sleepUntilHeight(rpc: Rpc, height: number): Promise<void> {
  for (;;) {
    const { sync_info } = await rpc.call<{ sync_info: { latest_block_height: string } }>("status");
    if (Number(sync_info.latest_block_height) >= height) return;
    await sleep(50);
  }
}
