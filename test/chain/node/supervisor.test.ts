import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { storeSpaces } from "#chain/app/modules.ts";
import { type AppChild, AppNotStarted } from "#chain/node/app-child.ts";
import { rpcUrlOf } from "#chain/node/comet.ts";
import { findCometBft } from "#chain/node/cometbft-binary.ts";
import { homePaths } from "#chain/node/config.ts";
import { HomeTaken, holderOf } from "#chain/node/pid.ts";
import { statusOf } from "#chain/node/status.ts";
import { NodeHalted, type NodeNews, superviseNode } from "#chain/node/supervisor.ts";
import { openDiskStore } from "#chain/store/disk.ts";
import { people } from "#test/kit/accounts.ts";
import { makeHome, startApp } from "#test/kit/node.ts";

const PATIENCE = { pauseMinMs: 20, pauseMaxMs: 80, diskPollMs: 50, freeBytesMin: 1 };

/** A home with a supervisor for it; the home goes with the test. */
async function withHome(
  use: (home: string, supervise: Supervise, news: NodeNews[]) => Promise<void>,
): Promise<void> {
  const { home } = await makeHome({ members: people("m1"), others: people("ann") }, 50);
  const news: NodeNews[] = [];
  const supervise: Supervise = (start = () => startApp(home)) =>
    superviseNode({
      home,
      binary: findCometBft(),
      startApp: start,
      patience: PATIENCE,
      onNews: (one) => news.push(one),
    });
  try {
    await use(home, supervise, news);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

type Supervise = (start?: () => Promise<AppChild>) => ReturnType<typeof superviseNode>;
type Node = Awaited<ReturnType<Supervise>>;

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  for (const ends = Date.now() + 60_000; !(await what()); await sleep(20))
    if (Date.now() > ends) throw new Error("it did not come about in time");
}

async function heightOf({ rpcUrl }: Node): Promise<number> {
  const response = await fetch(`${rpcUrl}/status`).catch(() => undefined);
  const answer = (await response?.json()) as { result: { sync_info: { latest_block_height: string } } };
  return Number(answer?.result.sync_info.latest_block_height ?? 0);
}

test("app and CometBFT are started again together, whichever dies and with whatever exit", () =>
  withHome(async (_, supervise, news) => {
    const node = await supervise();
    try {
      const kills = [
        ["app", "SIGKILL"],
        ["comet", "SIGKILL"],
        ["comet", "SIGTERM"],
        ["app", "SIGTERM"],
      ] as const;
      for (const [i, [which, signal]] of kills.entries()) {
        const before = node.pids();
        const height = await heightOf(node);
        process.kill(before[which], signal);
        await until(() => node.restarts() === i + 1);
        const after = node.pids();
        assert.notEqual(after.app, before.app);
        assert.notEqual(after.comet, before.comet);
        await until(async () => (await heightOf(node)) > height);
      }
      const whys = news.flatMap((one) => (one.kind === "down" ? [one.why] : []));
      assert.equal(whys.length, kills.length);
      assert.match(whys[1] ?? "", /CometBFT was killed by SIGKILL/);
    } finally {
      await node.stop();
    }
    assert.deepEqual(node.pids(), { app: 0, comet: 0 });
    await node.ended;
  }));

test("pauses between restarts grow up to a limit, and a stop ends even a node that cannot start", () =>
  withHome(async (home, supervise, news) => {
    let starts = 0;
    const node = await supervise(() => {
      if (starts++ === 0) return startApp(home);
      return Promise.reject(new AppNotStarted("it dies at once", { code: 3, signal: null }));
    });
    process.kill(node.pids().app, "SIGKILL");
    const downs = () => news.flatMap((one) => (one.kind === "down" ? [one.pauseMs] : []));
    await until(() => downs().length >= 5);
    await node.stop();
    assert.deepEqual(downs().slice(0, 5), [20, 40, 80, 80, 80]);
    assert.equal(node.restarts(), 0);
  }));

test("a node that looks for others at height 0 heeds a stop", () =>
  withHome(async (home) => {
    const { comet, cometConfig, cometPid, appPid } = homePaths(home);
    // With a key that is not the one validator's it makes no block, and has nobody to catch up with.
    await rm(join(comet, "config/priv_validator_key.json"));
    const rpcUrl = rpcUrlOf(await readFile(cometConfig, "utf8"));
    const stopping = new AbortController();
    const start = superviseNode({
      home,
      binary: findCometBft(),
      startApp: () => startApp(home),
      signal: stopping.signal,
      patience: PATIENCE,
    });
    start.catch(() => undefined);
    const seen = async () => (await statusOf(rpcUrl).catch(() => undefined))?.isCatchingUp === true;
    await until(seen);
    assert.ok((await holderOf(cometPid)) !== undefined);
    stopping.abort();
    await assert.rejects(start, /stopped before its first block/);
    assert.deepEqual([await holderOf(cometPid), await holderOf(appPid)], [undefined, undefined]);
  }));

test("a home is run by one process at a time", () =>
  withHome(async (_, supervise) => {
    const node = await supervise();
    try {
      await assert.rejects(supervise(), HomeTaken);
      assert.ok((await heightOf(node)) > 0);
    } finally {
      await node.stop();
    }
    const again = await supervise();
    await again.stop();
  }));

test("a state that lost its entries or another app hash is the last word of a node", () =>
  withHome(async (home, supervise) => {
    const { state } = homePaths(home);
    const node = await supervise();
    await until(async () => (await heightOf(node)) > 2);
    await node.stop();

    const store = await openDiskStore(state, { spaces: storeSpaces });
    const { height } = store;
    await store.rollback();
    const key = Uint8Array.of(255);
    await store.commit(store.stage(height, [{ space: "bank", key, value: Uint8Array.of(1) }]));
    await store.close();
    await assert.rejects(supervise(), (error: unknown) => {
      assert.ok(error instanceof NodeHalted);
      assert.equal(error.exitCode, 76);
      assert.match(error.message, new RegExp(`after height ${height} our app hash \\w+… is not the chain's`));
      return true;
    });

    await writeFile(join(state, "CURRENT"), "nonsense");
    await assert.rejects(supervise(), (error: unknown) => {
      assert.ok(error instanceof NodeHalted);
      assert.equal(error.exitCode, 65);
      assert.match(error.message, /cannot open .*: .*CURRENT/);
      return true;
    });
  }));
