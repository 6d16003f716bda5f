import { benchBeacon } from "./beacon.ts";
import { benchBlocks } from "./blocks.ts";
import { benchData } from "./data.ts";
import { benchElections } from "./elections.ts";
import { benchFlat, type StepFigures } from "./flat.ts";
import { benchMaths } from "./maths.ts";
import type { Effort } from "./measure.ts";
import { benchMempools } from "./mempools.ts";
import { benchNodeBlocks } from "./node-blocks.ts";
import { benchProver, type ProverFigures } from "./prover.ts";
import { benchSends } from "./sends.ts";
import { benchSettlement } from "./settlement.ts";
import { benchStore } from "./store.ts";
import { benchThreshold } from "./threshold.ts";
import { benchTrainer } from "./trainer.ts";
import { benchVerifierThreads, benchVerify } from "./verify.ts";

/** One measured figure; a ratio of two of the same run has the unit "×". */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** One part of the system with what it costs. */
export interface Piece {
  readonly name: string;
  readonly run: (effort: Effort) => Promise<readonly Figure[]>;
  /** Takes too long for a quick look at everything. */
  readonly isSlow?: true;
}

export const figure = (name: string, value: number, unit: string): Figure => ({ name, value, unit });

async function blocks(effort: Effort): Promise<Figure[]> {
  const { signedPerSecond, unsignedPerSecond } = await benchBlocks(effort);
  const nodePerSecond = await benchNodeBlocks(effort);
  return [
    figure("empty blocks in process, beacon signed", signedPerSecond, "/s"),
    figure("empty blocks in process, beacon unsigned", unsignedPerSecond, "/s"),
    figure("empty blocks of a node, beacon signed", nodePerSecond, "/s"),
    figure("unsigned to signed", unsignedPerSecond / signedPerSecond, "×"),
    figure("node to in process", nodePerSecond / signedPerSecond, "×"),
  ];
}

async function sends(effort: Effort): Promise<Figure[]> {
  const { inProcess, node } = await benchSends(effort);
  const { appMicrosPerTx, appPeakMegabytes } = node;
  return [
    figure("bank sends on a node, end to end", node.txsPerSecond, "/s"),
    figure("sends a block", node.blockTxs, ""),
    ...(appMicrosPerTx === undefined ? [] : [figure("CPU of the app a send", appMicrosPerTx, "µs")]),
    ...(appPeakMegabytes === undefined ? [] : [figure("peak memory of the app", appPeakMegabytes, "MB")]),
    figure("bank sends in process", inProcess.txsPerSecond, "/s"),
    figure("in process: check", inProcess.checkMicros, "µs"),
    figure("in process: propose and accept", inProcess.proposeMicros, "µs"),
    figure("in process: run the block", inProcess.finalizeMicros, "µs"),
    figure("in process: commit to disk", inProcess.commitMicros, "µs"),
    figure("node to in process", node.txsPerSecond / inProcess.txsPerSecond, "×"),
  ];
}

async function mempools(effort: Effort): Promise<Figure[]> {
  const { app, flood, ratio } = await benchMempools(effort);
  return [
    figure("bank sends on a node, its own mempool", app.txsPerSecond, "/s"),
    figure("bank sends on a node, CometBFT's mempool", flood.txsPerSecond, "/s"),
    figure("own to CometBFT's", ratio, "×"),
  ];
}

async function settlement(effort: Effort): Promise<Figure[]> {
  const { movesPerSecond, tradeMovesPerSecond, blockMs } = benchSettlement(effort);
  return [
    figure("item-moves, state bytes to state bytes", movesPerSecond, "/s"),
    figure("item-moves, trade alone", tradeMovesPerSecond, "/s"),
    figure("one block of the crank", blockMs, "ms"),
    figure("with encodings to trade alone", movesPerSecond / tradeMovesPerSecond, "×"),
  ];
}

async function elections(effort: Effort): Promise<Figure[]> {
  const { members, enrolMicros, drawMs, clearMs } = await benchElections(effort);
  return [
    figure("members in the urn", members, ""),
    figure("put a member in", enrolMicros, "µs"),
    figure("draw 35 of them, with their items", drawMs, "ms"),
    figure("give 500 bonds back: a block's part", clearMs, "ms"),
  ];
}

async function maths(effort: Effort): Promise<Figure[]> {
  const { expPerSecond, lnPerSecond } = benchMaths(effort);
  return [figure("exp, 18 decimals", expPerSecond, "/s"), figure("ln, 18 decimals", lnPerSecond, "/s")];
}

async function proofs(effort: Effort): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const name of ["lr-64", "mlp-64-4"] as const) {
    const { mclMs, nobleMs, gas } = await benchVerify(name, effort);
    figures.push(
      figure(`verify ${name}, mcl`, mclMs, "ms"),
      figure(`verify ${name}, noble`, nobleMs, "ms"),
      figure(`verify ${name}, EVM gas`, gas, "gas"),
      figure(`${name}: noble to mcl`, nobleMs / mclMs, "×"),
    );
  }
  const { proofsPerSecond, startMs, threadMegabytes } = await benchVerifierThreads(effort);
  return [
    ...figures,
    figure("verify lr-64 in all threads", proofsPerSecond, "/s"),
    figure("first verdict after start", startMs, "ms"),
    figure("memory of a verifying thread", threadMegabytes, "MB"),
  ];
}

const proverFigures = (name: string, f: ProverFigures): Figure[] => [
  figure(`${name}: reference string, once`, f.srsMs, "ms"),
  figure(`${name}: template, once`, f.templateMs, "ms"),
  figure(`${name}: template from disk`, f.reopenMs, "ms"),
  figure(`${name}: register a model`, f.modelMs, "ms"),
  figure(`${name}: predict 60 items`, f.predictMs, "ms"),
  figure(`${name}: prove 8 items`, f.proveMs, "ms"),
  figure(`${name}: CPU in it`, f.proveCpuMs, "ms"),
  figure(`${name}: peak memory of the worker`, f.peakMegabytes, "MB"),
];

async function prover(effort: Effort): Promise<Figure[]> {
  const small = await benchProver("lr-64", effort);
  if (effort === "quick") return proverFigures("lr-64", small);
  const large = await benchProver("mlp-64-4", effort);
  return [
    ...proverFigures("lr-64", small),
    ...proverFigures("mlp-64-4", large),
    figure("prove: mlp-64-4 to lr-64", large.proveMs / small.proveMs, "×"),
  ];
}

async function beacon(effort: Effort): Promise<Figure[]> {
  const { mcl, noble } = await benchBeacon(effort);
  return [
    figure("sign a beacon", mcl.signMs, "ms"),
    figure("verify a beacon", mcl.verifyMs, "ms"),
    figure("noble to mcl, sign", noble.signMs / mcl.signMs, "×"),
    figure("noble to mcl, verify", noble.verifyMs / mcl.verifyMs, "×"),
  ];
}

async function threshold(effort: Effort): Promise<Figure[]> {
  return Object.entries(await benchThreshold(effort)).map(([what, ms]) => figure(what, ms, "ms"));
}

async function data(effort: Effort): Promise<Figure[]> {
  const { sealsPerSecond, opensPerSecond, eventsPerSecond } = benchData(effort);
  return [
    figure("seal an item of 256 bytes", sealsPerSecond, "/s"),
    figure("open it", opensPerSecond, "/s"),
    figure("decode and verify an event", eventsPerSecond, "/s"),
  ];
}

async function trainer(effort: Effort): Promise<Figure[]> {
  const { epochMs, rowsPerSecond } = await benchTrainer(effort);
  return [figure("one epoch of mlp-1024-64", epochMs, "ms"), figure("rows trained on", rowsPerSecond, "/s")];
}

async function store(effort: Effort): Promise<Figure[]> {
  const f = await benchStore(effort);
  return [
    figure("entries written, synced to disk", f.writesPerSecond, "/s"),
    figure("entries written, in memory", f.memoryWritesPerSecond, "/s"),
    figure("gets, cold", f.coldGetsPerSecond, "/s"),
    figure("gets, from the cache", f.warmGetsPerSecond, "/s"),
    figure("entries of a range, cold", f.coldRangePerSecond, "/s"),
    figure("entries of a range, from the cache", f.warmRangePerSecond, "/s"),
    figure("writes: disk to memory", f.writesPerSecond / f.memoryWritesPerSecond, "×"),
    figure("gets: cache to cold", f.warmGetsPerSecond / f.coldGetsPerSecond, "×"),
  ];
}

async function flat(effort: Effort): Promise<Figure[]> {
  const { sends, ...steps } = await benchFlat(effort);
  const of = (accounts: number): string => `${accounts.toLocaleString("en")} accounts`;
  const last = sends.at(-1);
  if (!last) throw new Error("nothing was measured");
  const growth = (to: string): number => {
    const costs = sends.filter((each) => each.to === to).map(({ cpuMicrosPerTx }) => cpuMicrosPerTx);
    return (costs.at(-1) ?? Number.NaN) / (costs[0] ?? Number.NaN);
  };
  const took = (name: string, { ms, cpuMs, peakMegabytes }: StepFigures): Figure[] => [
    figure(name, ms / 1000, "s"),
    figure(`${name}, CPU`, cpuMs / 1000, "s"),
    figure(`${name}, peak memory`, peakMegabytes, "MB"),
  ];
  return [
    ...sends.flatMap(({ accounts, to, cpuMicrosPerTx, peakMegabytes }) => [
      figure(`CPU a send to ${to}, ${of(accounts)}`, cpuMicrosPerTx, "µs"),
      figure(`peak memory, to ${to}, ${of(accounts)}`, peakMegabytes, "MB"),
    ]),
    ...took(`make ${of(last.accounts)}`, steps.fill),
    ...took("from start to the first answer", steps.restart),
    ...took("make a snapshot", steps.snapshot),
    ...took("restore it", steps.restore),
    figure("a send to next: most to fewest accounts", growth("next"), "×"),
    figure("a send to any: most to fewest accounts", growth("any"), "×"),
  ];
}

/** All parts, in the order in which they are measured. */
export const pieces: readonly Piece[] = [
  { name: "blocks", run: blocks },
  { name: "sends", run: sends },
  { name: "mempools", run: mempools, isSlow: true },
  { name: "settlement", run: settlement },
  { name: "elections", run: elections },
  { name: "maths", run: maths },
  { name: "proofs", run: proofs },
  { name: "prover", run: prover, isSlow: true },
  { name: "beacon", run: beacon },
  { name: "threshold", run: threshold },
  { name: "data", run: data },
  { name: "trainer", run: trainer },
  { name: "store", run: store },
  { name: "flat", run: flat, isSlow: true },
];
