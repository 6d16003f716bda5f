import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { people } from "#test/kit/accounts.ts";
import { attackQueries, hostileLoad } from "#test/kit/hostile-load.ts";
import { startNode, type TestNode } from "#test/kit/node.ts";

const SEED = process.env["ITERUM_TEST_SEED"] ?? String(randomInt(1 << 30));
const QUERIES = 1_000_000;
const PER_SECOND = 1_000;
const PACE_MS = 500;
const WINDOW_MS = 60_000;

test(`${QUERIES} hostile queries are answered with a code while blocks go on`, async (t) => {
  const { answers, codes, slowestMs, height } = await attackQueries(SEED, QUERIES);
  t.diagnostic(
    `seed ${SEED}: ${answers} answers, height ${height}, slowest 64 in ${slowestMs.toFixed(1)} ms`,
  );
  t.diagnostic(JSON.stringify(codes));
  assert.equal(answers, QUERIES);
});

/** Mean time of a block over a while, milliseconds. */
async function blockTime(node: TestNode): Promise<number> {
  const [from, startMs] = [await node.height(), performance.now()];
  await sleep(WINDOW_MS);
  const blocks = Number((await node.height()) - from);
  return (performance.now() - startMs) / blocks;
}

test(`blocks go on under ${PER_SECOND} hostile queries a second`, async (t) => {
  const node = await startNode({ members: people("m1"), others: people("ann") }, PACE_MS);
  try {
    await node.until(5n);
    const quietMs = await blockTime(node);
    const load = hostileLoad(node.rpcUrl, PER_SECOND, SEED);
    await sleep(2_000);
    const loadedMs = await blockTime(node);
    const { answered, failed, heldBack } = await load.stop();
    const change = ((loadedMs / quietMs - 1) * 100).toFixed(1);
    t.diagnostic(
      `seed ${SEED}: a block every ${quietMs.toFixed(0)} ms quiet, ${loadedMs.toFixed(0)} ms loaded`,
    );
    t.diagnostic(`${change} %; ${answered} queries answered, ${failed} not, at ${PER_SECOND} a second`);
    t.diagnostic(`${heldBack} were due and not sent: the machine was too slow for them`);
    assert.ok(answered > 0);
    assert.equal(failed, 0);
    await node.until((await node.height()) + 2n);
  } finally {
    await node.remove();
  }
});
