import { readFile, rm, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { AppState } from "#chain/kernel/genesis.ts";
import { configure } from "#chain/node/comet-settings.ts";
import { findCometBft } from "#chain/node/cometbft-binary.ts";
import { homePaths } from "#chain/node/config.ts";
import { freePort } from "#chain/node/process.ts";
import { superviseNode } from "#chain/node/supervisor.ts";
import { toAddress } from "#chain/protocol/address.ts";
import { people } from "./accounts.ts";
import { DENOM } from "./genesis.ts";
import type { LoadReport } from "./hostile-load.ts";
import { makeHome, startApp } from "./node.ts";
import { type FloodKind, queryFlood } from "./query-flood.ts";
import { mainThreadTimes } from "./soak/usage.ts";

/** How blocks fared in one stretch of time, milliseconds. */
export interface Stretch {
  /** From each block's time to the next one's. */
  readonly intervalsMs: readonly number[];
  /** How long CometBFT waited for the app, a block: in FinalizeBlock, and in all that consensus calls. */
  readonly finalizeMs: number;
  readonly appMs: number;
  /** What the app's consensus thread ran in all for each block, and waited for a processor. */
  readonly ranMs: number;
  readonly waitedMs: number;
  readonly load?: LoadReport;
}

/** What goes on meanwhile. */
export type Pressure = "quiet" | FloodKind;

/** Stretches of each kind, in turn. */
export type PaceReport = Readonly<Record<Pressure, readonly Stretch[]>>;

export interface PacePlan {
  readonly seed: string;
  readonly perSecond: number;
  /** How often each kind of stretch, and how long one lasts. */
  readonly turns: number;
  readonly stretchMs: number;
  /** Accounts whose list a slow query reads. */
  readonly accounts: number;
}

const PACE_MS = 500;
/** A load has come to its pace, or is over, by then. */
const SETTLE_MS = 1_500;
const PAGE = 20;

/** So many accounts with a coin each. */
function withAccounts(state: AppState, count: number): AppState {
  const bank = state["bank"] as { readonly balances: readonly never[] };
  const address = (i: number): string => {
    const bytes = Buffer.alloc(20);
    bytes.writeUInt32BE(i + 1, 16);
    return toAddress(bytes);
  };
  const coins = Array.from({ length: count }, (_, i) => ({ address: address(i), denom: DENOM, amount: "1" }));
  return { ...state, bank: { ...bank, balances: [...bank.balances, ...coins] } };
}

interface BlockMeta {
  readonly header: { readonly height: string; readonly time: string };
}

/** Milliseconds between the times of consecutive blocks. */
async function intervals(rpcUrl: string, from: bigint, to: bigint): Promise<number[]> {
  const times: number[] = [];
  for (let low = from; low <= to; low += BigInt(PAGE)) {
    const high = low + BigInt(PAGE - 1) < to ? low + BigInt(PAGE - 1) : to;
    const answer = await fetch(`${rpcUrl}/blockchain?minHeight=${low}&maxHeight=${high}`);
    const { result } = (await answer.json()) as { result: { block_metas: readonly BlockMeta[] } };
    times.push(...result.block_metas.map(({ header }) => Date.parse(header.time)).sort((a, b) => a - b));
  }
  return times.slice(1).map((time, i) => time - (times[i] ?? time));
}

/** What CometBFT's own metrics say: its RPC may be busy. */
interface Totals {
  readonly height: bigint;
  readonly finalizeMs: number;
  readonly appMs: number;
}

const CONSENSUS_CALLS = ["prepare_proposal", "process_proposal", "finalize_block", "commit"];

async function totalsOf(metricsUrl: string): Promise<Totals> {
  const text = await (await fetch(metricsUrl)).text();
  const value = (name: string, label = ""): number => {
    const found = new RegExp(`^cometbft_${name}\\{[^}]*${label}[^}]*\\} (\\S+)$`, "m").exec(text)?.[1];
    if (found === undefined) throw new Error(`CometBFT has no metric ${name}`);
    return Number(found);
  };
  const msOf = (method: string): number =>
    value("abci_connection_method_timing_seconds_sum", `method="${method}"`) * 1_000;
  return {
    height: BigInt(value("consensus_latest_block_height")),
    finalizeMs: msOf("finalize_block"),
    appMs: CONSENSUS_CALLS.map(msOf).reduce((a, b) => a + b),
  };
}

interface PacedNode {
  readonly rpcUrl: string;
  readonly metricsUrl: string;
  readonly appPid: () => number;
}

/** Watches while something lasts that `end` ends, and asks for the blocks' times only afterwards. */
async function watch<T>(node: PacedNode, stretchMs: number, end: () => Promise<T>): Promise<[Stretch, T]> {
  await sleep(SETTLE_MS);
  const look = async () => ({
    totals: await totalsOf(node.metricsUrl),
    thread: mainThreadTimes(node.appPid()),
  });
  const before = await look();
  await sleep(stretchMs);
  const after = await look();
  const said = await end();
  const blocks = Number(after.totals.height - before.totals.height);
  const stretch: Stretch = {
    intervalsMs: await intervals(node.rpcUrl, before.totals.height, after.totals.height),
    finalizeMs: (after.totals.finalizeMs - before.totals.finalizeMs) / blocks,
    appMs: (after.totals.appMs - before.totals.appMs) / blocks,
    ranMs: (after.thread.ranMs - before.thread.ranMs) / blocks,
    waitedMs: (after.thread.waitedMs - before.thread.waitedMs) / blocks,
  };
  return [stretch, said];
}

async function alternate(node: PacedNode, plan: PacePlan): Promise<PaceReport> {
  const report: Record<Pressure, Stretch[]> = { quiet: [], idle: [], queries: [] };
  const flood = await queryFlood({ rpcUrl: node.rpcUrl, perSecond: plan.perSecond, seed: plan.seed });
  try {
    for (let turn = 0; turn < plan.turns; turn++) {
      const [alone] = await watch(node, plan.stretchMs, async () => undefined);
      report.quiet.push(alone);
      for (const kind of ["idle", "queries"] as const) {
        flood.start(kind);
        const [stretch, load] = await watch(node, plan.stretchMs, () => flood.pause());
        report[kind].push({ ...stretch, load });
      }
    }
  } finally {
    await flood.close();
  }
  return report;
}

/**
 * Watches the blocks of a real node while hostile queries come in, while as many requests come in that never
 * reach the app, and while none do, in turn, so that whatever else the machine does meets all alike.
 */
export async function paceUnderQueries(plan: PacePlan): Promise<PaceReport> {
  const choice = { members: people("m1"), others: people("ann") };
  const alter = (state: AppState): AppState => withAccounts(state, plan.accounts);
  const { home } = await makeHome({ ...choice, alter }, PACE_MS);
  try {
    const { cometConfig } = homePaths(home);
    const metrics = `127.0.0.1:${await freePort()}`;
    const settings = { instrumentation: { prometheus: true, prometheus_listen_addr: metrics } };
    await writeFile(cometConfig, configure(await readFile(cometConfig, "utf8"), settings));
    const node = await superviseNode({
      ...{ home, binary: findCometBft(), onNews: () => undefined },
      startApp: () => startApp(home, { ITERUM_TEST_INVARIANTS: "cheap" }),
    });
    try {
      const { rpcUrl } = node;
      const appPid = (): number => node.pids().app;
      const report = await alternate({ rpcUrl, metricsUrl: `http://${metrics}/metrics`, appPid }, plan);
      if (node.restarts() > 0) throw new Error("the node went down under queries");
      return report;
    } finally {
      await node.stop();
    }
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
