import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { Command, InvalidArgumentError, Option } from "commander";
import { shown } from "../report.ts";
import { benchSpeed } from "./bench.ts";
import type { ChainFigures } from "./run.ts";

interface Options {
  readonly json?: string;
  readonly accounts: number;
  readonly perAccount: number;
  readonly indexer: "null" | "kv";
  readonly pause: number;
  readonly ceiling: boolean;
}

function count(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("a whole number from 1 on.");
}

/** Options of Node for the app of the node, such as `--cpu-prof --cpu-prof-dir=FOLDER`. */
const APP_NODE_OPTIONS = "BENCH_APP_NODE_OPTIONS";

function print(name: string, figures: ChainFigures): void {
  const { appMicrosPerTx: app, cometMicrosPerTx: comet, loadMicrosPerTx: load } = figures;
  console.log(
    `${name}: ${shown(figures.txPerSecond)} tx/s, ${shown(figures.blockTxs)} a block; CPU a transaction: ` +
      `app ${shown(app)} µs, CometBFT ${shown(comet)} µs, load ${shown(load)} µs; ` +
      `peak memory of the app ${shown(figures.appPeakMegabytes)} MB`,
  );
}

async function measure(options: Options): Promise<void> {
  const { accounts, perAccount, indexer, pause: timeoutCommitMs } = options;
  const nodeOptions = process.env[APP_NODE_OPTIONS];
  const appEnv = nodeOptions === undefined ? {} : { NODE_OPTIONS: nodeOptions };
  const { chain, ceiling } = await benchSpeed(
    { accounts, perAccount, indexer, timeoutCommitMs, appEnv },
    (what) => console.error(`… ${what}`),
    options.ceiling,
  );
  if (ceiling) print("ceiling", ceiling);
  print("chain  ", chain);
  const figures = {
    txPerSecond: chain.txPerSecond,
    ceilingTxPerSecond: ceiling?.txPerSecond ?? null,
    ofCeiling: ceiling ? chain.txPerSecond / ceiling.txPerSecond : null,
    appCpuMicrosPerTx: chain.appMicrosPerTx,
    peakRssMb: chain.appPeakMegabytes,
  };
  console.log(JSON.stringify(figures, null, 2));
  if (options.json === undefined) return;
  const machine = { cores: availableParallelism(), node: process.version };
  const settings = { accounts, perAccount, indexer, timeoutCommitMs };
  const all = { ...figures, machine, settings, chain, ceiling };
  await writeFile(options.json, `${JSON.stringify(all, null, 2)}\n`);
}

const program = new Command("bench:chain")
  .description(
    "Commits signed bank sends with fees on a real node, and on the bridge alone: decoding and signatures.",
  )
  .option("--json <file>", "also write every figure to a file")
  .option("--accounts <count>", "accounts that send, each to the next", count, 2000)
  .option("--per-account <count>", "transactions of each", count, 20)
  .addOption(
    new Option("--indexer <kind>", "of CometBFT: whether transactions can be searched for")
      .choices(["null", "kv"])
      .default("null"),
  )
  .option("--pause <ms>", "CometBFT's pause after a block", count, 1)
  .option("--no-ceiling", "the chain alone")
  .action(measure);
await program.parseAsync();
