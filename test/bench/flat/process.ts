// node process.ts STEP FOLDER JSON: one step of the bench of many accounts, in a process of its own, so that
// its memory is its own. Prints a line of JSON.
import assert from "node:assert/strict";
import { join } from "node:path";
import { storeSpaces } from "#chain/app/modules.ts";
import type { App } from "#chain/app.ts";
import { openDiskStore } from "#chain/store/disk.ts";
import { readInto, writeSnapshot } from "#chain/store/shelf.ts";
import * as auth from "#modules/auth/api.ts";
import { MsgSend, Query } from "#proto/gen/cosmos/bank.ts";
import { type Person, people } from "../../kit/accounts.ts";
import { say, signTx } from "../../kit/chain.ts";
import { DENOM } from "../../kit/genesis.ts";
import { usageOf } from "../process-usage.ts";
import { makeChain, nextBlock, openApp, receiver } from "./accounts.ts";

/** What a step is told. */
export interface FlatJob {
  readonly accounts: number;
  readonly senders: number;
  readonly blockTxs: number;
  /** To whom: each sender to the next one, or to any account of the chain. */
  readonly to: "next" | "any";
  /** Blocks before those that are measured, and those. */
  readonly warmBlocks: number;
  readonly blocks: number;
}

const GAS = 100_000n;
const SNAPSHOT = "snapshot";
const RESTORED = "restored";

/** The same receivers in every run. */
function dice(below: number): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Signed sends of one base unit to accounts that are there already: one block's. */
function sends(app: App, from: readonly Person[], to: (index: number) => string): Uint8Array[] {
  return from.map((sender, index) => {
    const account = app.read((ctx) => auth.account(ctx, sender.address));
    assert(account, "a sender has no account");
    const { number, sequence } = account;
    const amount = [{ denom: DENOM, amount: 1n }];
    const message = say(MsgSend, { fromAddress: sender.address, toAddress: to(index), amount });
    return signTx(sender, { number, sequence, gas: GAS }, message);
  });
}

/** All that a block costs the app of the node that proposes it; throws unless every transaction succeeds. */
async function runBlock(app: App, txs: readonly Uint8Array[]): Promise<void> {
  const codes = txs.map((tx) => app.checkTx(tx).code);
  const block = nextBlock(app, txs);
  const proposal = { ...block, txs: await app.prepareProposal(block) };
  assert(await app.processProposal(proposal));
  const { txResults } = await app.finalizeBlock(proposal);
  await app.commit();
  assert.equal(txResults.length, txs.length);
  assert(
    [...codes, ...txResults.map(({ code }) => code)].every((code) => code === 0),
    "a send failed",
  );
}

async function runSends(folder: string, job: FlatJob): Promise<object> {
  const senders = people(...Array.from({ length: job.senders }, (_, i) => `sender ${i}`));
  const { app, store } = await openApp(folder);
  const roll = dice(job.accounts - job.senders);
  let cpuMicros = 0;
  for (let block = 0; block < job.warmBlocks + job.blocks; block++) {
    const first = (block * job.blockTxs) % job.senders;
    const next = (index: number): string => (senders[(first + index + 1) % job.senders] as Person).address;
    const to = job.to === "next" ? next : () => receiver(roll());
    const txs = sends(app, senders.slice(first, first + job.blockTxs), to);
    const before = process.cpuUsage();
    await runBlock(app, txs);
    const { user, system } = process.cpuUsage(before);
    if (block >= job.warmBlocks) cpuMicros += user + system;
  }
  const peakMegabytes = usageOf(process.pid)?.peakMegabytes ?? Number.NaN;
  await store.close();
  return { cpuMicrosPerTx: cpuMicros / (job.blocks * job.blockTxs), peakMegabytes };
}

/** From the start of the process to the answer of the first query. */
async function restart(folder: string): Promise<object> {
  const { app, store } = await openApp(folder);
  const data = Query.balance.request.encode({ address: receiver(1), denom: DENOM });
  const { value } = app.query({ path: Query.balance.path, data, height: 0n, prove: false });
  assert(Query.balance.response.decode(value).balance?.amount);
  const figures = effort(0, { user: 0, system: 0 });
  await store.close();
  return figures;
}

/** Time, processor time and memory since a moment. */
function effort(startMs: number, cpu: NodeJS.CpuUsage): object {
  const { user, system } = process.cpuUsage(cpu);
  return {
    ms: performance.now() - startMs,
    cpuMs: (user + system) / 1000,
    peakMegabytes: usageOf(process.pid)?.peakMegabytes ?? Number.NaN,
  };
}

async function timed(work: () => Promise<unknown>): Promise<object> {
  const [startMs, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  return effort(startMs, cpu);
}

async function snapshot(folder: string): Promise<object> {
  const store = await openDiskStore(folder, { spaces: storeSpaces });
  const figures = await timed(() => writeSnapshot(store, store.height, join(folder, "..", SNAPSHOT)));
  await store.close();
  return figures;
}

async function restore(folder: string): Promise<object> {
  const made = await openDiskStore(folder, { spaces: storeSpaces });
  const { appHash } = made;
  await made.close();
  const store = await openDiskStore(join(folder, "..", RESTORED), { spaces: storeSpaces });
  const figures = await timed(() => readInto(store, join(folder, "..", SNAPSHOT)));
  assert.deepEqual(store.appHash, appHash);
  await store.close();
  return figures;
}

const steps: Readonly<Record<string, (folder: string, job: FlatJob) => Promise<object>>> = {
  fill: async (folder, { accounts, senders }) => timed(() => makeChain(folder, accounts, senders)),
  sends: runSends,
  restart,
  snapshot,
  restore,
};

const [name = "", folder = "", job = ""] = process.argv.slice(2);
const step = steps[name];
assert(step, `no step ${name}`);
console.log(JSON.stringify(await step(folder, JSON.parse(job) as FlatJob)));
