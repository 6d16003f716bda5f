import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { spacesOf } from "#chain/app/modules.ts";
import { App } from "#chain/app.ts";
import { haltCodes } from "#chain/node/exit.ts";
import { replayChain, startFromGenesis } from "#chain/node/replay.ts";
import { blocksOf } from "#chain/node/stored-blocks.ts";
import { NodeHalted, type SupervisedNode } from "#chain/node/supervisor.ts";
import { memoryStore } from "#chain/store/memory.ts";
import { rehearseUpgrade } from "#cli/upgrade/rehearse.ts";
import { people } from "#test/kit/accounts.ts";
import { noProofs } from "#test/kit/chain.ts";
import { editions, plannedFor, UPGRADE, upgradedEnv } from "#test/kit/editions.ts";
import { type NetNode, withNet } from "#test/kit/net.ts";
import { complaints, type NodeReport } from "#test/kit/netns/report.ts";
import { ask, blocksAt, heightAt, ownState } from "#test/kit/netns/rpc.ts";
import { signatures } from "#test/kit/verifier.ts";

const [REHEARSED, HEIGHT] = [4, 12];
const BLOCKS_MORE = 6;
const PACE_MS = 500;

async function untilAt(nodes: readonly SupervisedNode[], height: number): Promise<void> {
  for (const { rpcUrl } of nodes) while ((await heightAt(rpcUrl)) < height) await sleep(100);
}

/** What the headers around the upgrade say of the version of the rules. */
async function versionAt(rpcUrl: string, height: number): Promise<string | undefined> {
  interface Block {
    readonly block: { readonly header: { readonly version: { readonly app?: string } } };
  }
  return (await ask<Block>(rpcUrl, `block?height=${height}`)).block.header.version.app;
}

/** Plays the chain again with a program that knows both rules; throws at the first other hash. */
async function replay(rpcUrl: string, until: number): Promise<App> {
  const store = memoryStore({ spaces: spacesOf(editions) });
  const app = new App({ store, proofs: noProofs, signatures, editions, invariants: "full" });
  await startFromGenesis(app, rpcUrl);
  await replayChain(app, blocksOf(rpcUrl, 1n, BigInt(until)));
  return app;
}

/** Runs the upgrade over the state of an early block, long before it is due. */
async function rehearse(rpcUrl: string): Promise<void> {
  const app = await replay(rpcUrl, REHEARSED);
  const rehearsal = app.read((ctx) => rehearseUpgrade(editions, signatures, ctx));
  const { upgrade, height, broken, modules } = rehearsal;
  assert.deepEqual({ upgrade, height, broken }, { upgrade: UPGRADE, height: BigInt(HEIGHT), broken: [] });
  assert.deepEqual(
    modules.map(({ module, before, after }) => [module, before, after]),
    [
      ["bank", 1n, 2n],
      // It notes what has been.
      ["upgrade", 1n, 1n],
      ["count", undefined, 1n],
    ],
  );
}

async function reportOf({ name }: NetNode, node: SupervisedNode): Promise<NodeReport> {
  const own = await ownState(node.rpcUrl);
  await untilAt([node], own.height + 1);
  return { name, own, blocks: await blocksAt(node.rpcUrl), restarts: node.restarts() };
}

test("four validators upgrade; one whose program lacks it stops alone and comes back", async (t) => {
  const choice = { members: people("m1"), others: people("ann"), alter: plannedFor(BigInt(HEIGHT)) };
  await withNet(["one", "two", "three", "four"], choice, PACE_MS, async (made) => {
    const start = (node: NetNode, i: number) => node.start(i < 3 ? { env: upgradedEnv } : {});
    const nodes = await Promise.all(made.map(start));
    try {
      const [ready, late] = [nodes.slice(0, 3), nodes[3] ?? assert.fail()];
      await untilAt(ready, REHEARSED);
      await rehearse(ready[0]?.rpcUrl ?? "");
      await assert.rejects(late.ended, (error) => {
        assert.ok(error instanceof NodeHalted);
        assert.equal(error.exitCode, haltCodes.upgrade);
        assert.match(error.message, /^upgrade "words" at height 12 needs another program: see the notes$/);
        t.diagnostic(error.message);
        return true;
      });
      assert.equal(late.restarts(), 0);
      await untilAt(ready, HEIGHT + BLOCKS_MORE);

      nodes[3] = await (made[3] ?? assert.fail()).start({ env: upgradedEnv });
      const top = Math.max(...(await Promise.all(ready.map(({ rpcUrl }) => heightAt(rpcUrl)))));
      await untilAt(nodes, top + BLOCKS_MORE);
      const rpcUrl = ready[0]?.rpcUrl ?? "";
      assert.deepEqual([await versionAt(rpcUrl, HEIGHT), await versionAt(rpcUrl, HEIGHT + 1)], ["1", "2"]);
      const reports = await Promise.all(made.map((each, i) => reportOf(each, nodes[i] ?? assert.fail())));
      assert.deepEqual(
        complaints({ steps: [], nodes: reports, sends: { done: 0, failed: 0 }, replayedTo: 0 }),
        [],
      );
      assert.ok(ready.every((node) => node.restarts() === 0));
      await replay(rpcUrl, top);
    } finally {
      await Promise.all(nodes.map((node) => node.stop()));
    }
  });
});
