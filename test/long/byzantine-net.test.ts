import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { storeSpaces } from "#chain/app/modules.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { homePaths } from "#chain/node/config.ts";
import { latestHeight } from "#chain/node/status.ts";
import { NodeHalted, type SupervisedNode } from "#chain/node/supervisor.ts";
import { openDiskStore } from "#chain/store/disk.ts";
import { compareState } from "#cli/node/difference.ts";
import { people } from "#test/kit/accounts.ts";
import type { MutationTold } from "#test/kit/mutated-store.ts";
import { withNet } from "#test/kit/net.ts";

const SEED = process.env["ITERUM_TEST_SEED"] ?? String(randomInt(1 << 30));
const PACE_MS = 300;
const MUTATION_HEIGHT = 6n;
const BLOCKS_MORE = 8n;

async function untilAt(node: SupervisedNode, height: bigint): Promise<void> {
  while (((await latestHeight(node.rpcUrl)) ?? 0n) < height) await sleep(100);
}

test("of four real validators the one whose app errs halts alone and its wrong key is named", async (t) => {
  t.diagnostic(`ITERUM_TEST_SEED=${SEED}`);
  const choice = { members: people("m1"), others: people("ann") };
  await withNet(["one", "two", "three", "four"], choice, PACE_MS, async (made) => {
    let wrong: MutationTold | undefined;
    const told = (entry: MutationTold): void => {
      wrong = entry;
    };
    const mutation = { height: MUTATION_HEIGHT, seed: SEED, told };
    const nodes = await Promise.all(made.map((node, i) => node.start(i === 3 ? { mutation } : {})));
    try {
      const [honest, mutant] = [nodes.slice(0, 3), nodes[3] ?? assert.fail()];
      await assert.rejects(mutant.ended, (error) => {
        assert.ok(error instanceof NodeHalted);
        assert.equal(error.halt.cause, "appHash");
        t.diagnostic(error.message);
        return true;
      });
      await Promise.all(honest.map((node) => untilAt(node, MUTATION_HEIGHT + BLOCKS_MORE)));
      assert.ok(honest.every((node) => node.restarts() === 0));

      const store = await openDiskStore(homePaths(made[3]?.home ?? "").state, { spaces: storeSpaces });
      try {
        const { height, difference } = await compareState(store, { rpc: honest[0]?.rpcUrl ?? "" });
        assert.equal(height, MUTATION_HEIGHT);
        const { space, key } = difference ?? assert.fail("no difference");
        assert.deepEqual({ space, key: toHex(key) }, { space: wrong?.space, key: wrong?.key });
        t.diagnostic(`wrong: ${space}/${toHex(key)} after height ${height}`);
      } finally {
        await store.close();
      }
    } finally {
      await Promise.all(nodes.map((node) => node.stop()));
    }
  });
});
