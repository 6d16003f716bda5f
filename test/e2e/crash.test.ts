import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { replayChain } from "#chain/node/replay.ts";
import { blocksOf } from "#chain/node/stored-blocks.ts";
import { connect, type IterumClient } from "#client/connect.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { people } from "#test/kit/accounts.ts";
import { startCast } from "#test/kit/cast.ts";
import { noProofs } from "#test/kit/chain.ts";
import { GAME_ID } from "#test/kit/genesis.ts";
import { startNode, type TestNode } from "#test/kit/node.ts";
import { replica } from "#test/kit/replay.ts";

import { randomOf } from "#trainer/random.ts";

const members = people("m1", "m2", "m3", "m4", "m5", "m6");
const operators = people("ann", "bob");
const PACE_MS = 200;
const SCHEDULE = {
  firstOpen: 25,
  open: 84,
  openOrders: 10,
  elect: 2,
  revealInputs: 14,
  revealInputs2: 6,
  predict: 12,
  openPredictions: 12,
  revealLabels: 12,
  prove: 2,
  settle: 12,
};
/** A phase that an outage swallowed leaves orders unopened: the next round tries again, so often. */
const TRIES_MAX = 5;

async function untilRound(client: IterumClient, roundId: bigint, phase: Phase): Promise<void> {
  for (const ends = Date.now() + 120_000; Date.now() < ends; await sleep(100)) {
    try {
      const round = await client.rounds.round(GAME_ID, roundId);
      if (round && round.phase >= phase) return;
    } catch {
      // The round may not be open yet, or the node be down.
    }
  }
  throw new Error(`round ${roundId} did not reach phase ${phase} in time`);
}

const SEED = process.env["ITERUM_TEST_SEED"] ?? String(randomInt(1 << 30));
const random = randomOf(SEED);

/** Kills a process at a random moment of a round in play, starts the node again, and waits for the end. */
async function crashInRound(
  node: TestNode,
  which: "app" | "comet",
  client: IterumClient,
  roundId: bigint,
): Promise<void> {
  await untilRound(client, roundId, (Phase.PHASE_OPEN + random.below(10)) as Phase);
  await sleep(random.below(2_000));
  await node.crash(which);
  await node.start();
  await untilRound(client, roundId, Phase.PHASE_DONE);
}

test("a round goes on after kills of app and CometBFT, and a replay has the same hashes", async (t) => {
  t.diagnostic(`ITERUM_TEST_SEED=${SEED}`);
  const node = await startNode({ members, others: operators, schedule: SCHEDULE, itemsMin: 6 }, PACE_MS);
  const cast = await startCast(node.rpcUrl, members, operators);
  const client = await connect({ rpc: node.rpcUrl });
  const settled = async (roundId: bigint): Promise<boolean> =>
    (await client.markets.outcome(GAME_ID, roundId))?.results.length === operators.length;
  try {
    let roundId = 0n;
    for (const which of ["app", "comet"] as const) {
      const first = roundId + 1n;
      do {
        assert.ok(roundId < first + BigInt(TRIES_MAX), `no round with a crash of ${which} paid its orders`);
        roundId += 1n;
        await crashInRound(node, which, client, roundId);
      } while (!(await settled(roundId)));
    }
    const height = await node.height();
    const app = await replica(node.rpcUrl, noProofs);
    await replayChain(app, blocksOf(node.rpcUrl, 1n, height));
    assert.equal(app.info().height, height);
  } finally {
    await cast.stop();
    await node.remove();
  }
});
