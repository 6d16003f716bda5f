import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { findCometBft } from "#chain/node/cometbft-binary.ts";
import { replayChain } from "#chain/node/replay.ts";
import { latestHeight } from "#chain/node/status.ts";
import { blocksOf } from "#chain/node/stored-blocks.ts";
import { type NodeNews, superviseNode } from "#chain/node/supervisor.ts";
import { inFolder } from "#test/chain/abci/kit.ts";
import { people } from "#test/kit/accounts.ts";
import { noProofs } from "#test/kit/chain.ts";
import { makeHome, startApp } from "#test/kit/node.ts";
import { replica } from "#test/kit/replay.ts";

import { mayMount, withVolume } from "#test/kit/volume.ts";

const MIB = 1 << 20;
const skip = mayMount() ? false : "this user may not mount a disk of its own";

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  for (const ends = Date.now() + 120_000; !(await what()); await sleep(50))
    if (Date.now() > ends) throw new Error("it did not come about in time");
}

test("a node waits while its disk is full, and goes on without help when there is space", { skip }, () =>
  inFolder((folder) =>
    withVolume(96 * MIB, async (volume) => {
      const { home } = await makeHome(
        { members: people("m1"), others: people("ann") },
        20,
        "app",
        volume.folder,
      );
      const env = { NODE_COMPILE_CACHE: join(folder, "cache") };
      const news: NodeNews[] = [];
      const node = await superviseNode({
        ...{ home, binary: findCometBft(), startApp: () => startApp(home, env) },
        patience: { pauseMinMs: 50, diskPollMs: 100, freeBytesMin: 16 * MIB },
        onNews: (one) => news.push(one),
      });
      try {
        const heightNow = async (): Promise<bigint> => (await latestHeight(node.rpcUrl)) ?? 0n;
        await until(async () => (await heightNow()) >= 3n);
        volume.fill(20_000);
        await until(() => news.some(({ kind }) => kind === "waiting"));
        assert.deepEqual(node.pids(), { app: 0, comet: 0 });
        volume.release();
        await until(() => news.some(({ kind }) => kind === "up"));
        const height = await heightNow();
        await until(async () => (await heightNow()) >= height + 3n);
        const undisturbed = await replica(node.rpcUrl, noProofs);
        await replayChain(undisturbed, blocksOf(node.rpcUrl, 1n, height + 3n));
      } finally {
        await node.stop();
      }
    }),
  ),
);
