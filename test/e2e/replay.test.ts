import assert from "node:assert/strict";
import { test } from "node:test";
import { storeSpaces } from "#chain/app/modules.ts";
import { replayChain } from "#chain/node/replay.ts";
import { blocksOf } from "#chain/node/stored-blocks.ts";
import { memoryStore } from "#chain/store/memory.ts";
import { chainOf, playAgain } from "#cli/replay/play.ts";
import { people } from "#test/kit/accounts.ts";
import { noProofs } from "#test/kit/chain.ts";
import { startNode } from "#test/kit/node.ts";
import { replica } from "#test/kit/replay.ts";

test("two apps that are fed the same blocks have the same app hash at every height", async () => {
  const node = await startNode({ members: people("m1", "m2", "m3"), others: people("ann", "bob") }, 50);
  try {
    await node.until(30n);
    const app = await replica(node.rpcUrl, noProofs);
    await replayChain(app, blocksOf(node.rpcUrl, 1n, 30n));
    assert.equal(app.info().height, 30n);
    assert.ok(app.invariants().every(({ holds }) => holds));
  } finally {
    await node.remove();
  }
});

test("a chain that goes on from an export is played again from its first height on", async () => {
  const choice = { members: people("m1"), others: people("ann"), initialHeight: 8n };
  const node = await startNode(choice, 50);
  try {
    await node.until(14n);
    const chain = await chainOf(node.rpcUrl);
    const store = memoryStore({ spaces: storeSpaces });
    const { height } = await playAgain(chain, store, { threads: 1 });
    assert.ok(height >= 14n);
  } finally {
    await node.remove();
  }
});
