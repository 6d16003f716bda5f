import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { abciApplication } from "#chain/abci/handlers.ts";
import { startAbciServer } from "#chain/abci/server.ts";
import type { App } from "#chain/app.ts";
import { MEMPOOL_LIMITS, type MempoolLimits } from "#chain/mempool/limits.ts";
import * as auth from "#modules/auth/api.ts";
import {
  RequestCheckTx,
  RequestInfo,
  RequestPrepareProposal,
  RequestQuery,
} from "#proto/gen/tendermint/abci.ts";
import { connectPeer, inFolder, type Peer } from "#test/chain/abci/kit.ts";
import { newApp, pay, START_MS } from "#test/chain/app/kit.ts";
import { people } from "#test/kit/accounts.ts";
import { signTx } from "#test/kit/chain.ts";

const BURST = 5_000;
const GAS = 100_000n;
const crowd = people("ann", "bob", "cid", "dan", "eve");

const appOf = (mempool: MempoolLimits = MEMPOOL_LIMITS): App =>
  newApp({ members: [], others: crowd }, { mempool, invariants: "cheap", guarded: false });

/** Payments of all in turn, each the next of its sender. */
const payments = (app: App, count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => {
    const who = crowd[i % crowd.length] as (typeof crowd)[number];
    const number = app.read((ctx) => auth.account(ctx, who.address)?.number) ?? 0n;
    return signTx(who, { number, sequence: BigInt(Math.floor(i / crowd.length)), gas: GAS }, pay(who, who));
  });

/** One that costs as much to check and fails: another signature. */
function forged(tx: Uint8Array, i: number): Uint8Array {
  const copy = tx.slice();
  copy[copy.length - 1 - (i % 8)] = i & 0xff;
  return copy;
}

const check = (tx: Uint8Array) => ({ checkTx: { ...RequestCheckTx.zero(), tx } });
const prepare = {
  prepareProposal: {
    ...RequestPrepareProposal.zero(),
    ...{ height: 1n, maxTxBytes: 100_000n, proposerAddress: new Uint8Array(20) },
    time: { seconds: START_MS / 1_000n + 1n, nanos: 0 },
  },
};
const info = { info: RequestInfo.zero() };
const query = { query: { ...RequestQuery.zero(), path: "/nothing" } };

/** Measures what the turns of the event loop cost: however busy the machine is, the thread's own CPU. */
function watchTurns(): { stop(): { readonly longestMs: number; readonly count: number } } {
  const cpuMs = (): number => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1_000;
  };
  let [lastMs, longestMs, count] = [cpuMs(), 0, 0];
  const turn = (): void => {
    const nowMs = cpuMs();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
    count++;
    next = setImmediate(turn);
  };
  let next = setImmediate(turn);
  return {
    stop: () => {
      clearImmediate(next);
      return { longestMs, count };
    },
  };
}

/** Runs a server over the app with the connections that CometBFT has. */
const served = (app: App, use: (peers: Record<"consensus" | "mempool" | "query", Peer>) => Promise<void>) =>
  inFolder(async (folder) => {
    const server = await startAbciServer({
      application: abciApplication(app, "test"),
      address: { path: join(folder, "abci.sock") },
      onFailure: (error) => assert.fail(String(error)),
    });
    const [consensus, mempool, query] = await Promise.all([1, 2, 3].map(() => connectPeer(server.address)));
    try {
      await use({ consensus, mempool, query } as Record<"consensus" | "mempool" | "query", Peer>);
    } finally {
      for (const peer of [consensus, mempool, query]) peer?.close();
      await server.close();
    }
  });

test("checks that come by thousands let consensus pass, and every connection is served", async (t) => {
  const app = appOf();
  const valid = payments(app, 500);
  const burst = Array.from({ length: BURST }, (_, i) => {
    const tx = valid[i % valid.length] as Uint8Array;
    return i < valid.length ? tx : forged(tx, i);
  });
  await served(app, async ({ consensus, mempool, query: queries }) => {
    let answered = 0;
    const checks = (async () => {
      for (; answered < BURST; answered++) await mempool.receive(1);
    })();
    const turns = watchTurns();
    mempool.send(...burst.map(check));
    queries.send(...Array.from({ length: 200 }, () => query));
    const waits: { readonly ms: number; readonly answered: number }[] = [];
    for (let i = 0; i < 10; i++) {
      const startMs = performance.now();
      // It costs nothing itself: what it waits for is what others hold up.
      consensus.send(info);
      const [{ info: told } = {}] = await consensus.receive(1);
      assert.ok(told);
      waits.push({ ms: performance.now() - startMs, answered });
      await sleep(5);
    }
    assert.ok((waits[3]?.answered ?? BURST) < BURST / 2, "consensus waited behind the checks");
    t.diagnostic(`consensus waited ${waits.map(({ ms }) => ms.toFixed(0)).join(", ")} ms`);
    consensus.send(prepare);
    const [{ prepareProposal } = {}] = await consensus.receive(1);
    assert.ok((prepareProposal?.txs.length ?? 0) > 0);
    await checks;
    const { longestMs, count } = turns.stop();
    t.diagnostic(`longest of ${count} turns of the event loop: ${longestMs.toFixed(1)} ms of CPU`);
    await queries.receive(200);
  });
  assert.equal(app.waiting().txs, valid.length);
});

test("a mempool that is offered more than it may hold holds what it may", async () => {
  const app = appOf({ ...MEMPOOL_LIMITS, txsMax: 100, bytesMax: 40_000 });
  await served(app, async ({ mempool }) => {
    const offered = payments(app, 300);
    mempool.send(...offered.map(check));
    const codes = (await mempool.receive(300)).map(({ checkTx }) => checkTx?.code);
    assert.equal(codes.filter((code) => code === 0).length, 100);
    assert.equal(codes.filter((code) => code === 20).length, 200);
  });
  assert.equal(app.waiting().txs, 100);
  assert.ok(app.waiting().bytes <= 40_000);
});
