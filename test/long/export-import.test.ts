import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { branchAt, record } from "../sim/branches.ts";
import { modes, type Plan } from "../sim/plan.ts";
import { swift } from "../sim/swift.ts";

const SEED = process.env["ITERUM_TEST_SEED"] ?? String(randomInt(1 << 30));
const CHAINS = 10;
const HEIGHTS_PER_CHAIN = 10;
const ROUNDS = 40;
const FOLLOW = 10;

test("exports and snapshots at a hundred random heights go on as the chain itself does", async (t) => {
  t.diagnostic(`ITERUM_TEST_SEED=${SEED}`);
  const sum = { blocks: 0, branches: 0, compared: 0 };
  for (let i = 0; i < CHAINS; i++) {
    const mode = modes[i % modes.length] as (typeof modes)[number];
    const seed = `${SEED} ${i}`;
    const plan: Plan = { seed, mode, games: 1 + (i % 6), rounds: ROUNDS, without: [], isThorough: false };
    const recording = await record(plan);
    const random = swift(`${seed} heights`);
    const heights = new Set<number>();
    while (heights.size < HEIGHTS_PER_CHAIN) heights.add(1 + random.int(recording.blocks.length - 1));
    const { blocks, branches, compared } = await branchAt(recording, heights, FOLLOW);
    sum.blocks += blocks;
    sum.branches += branches;
    sum.compared += compared;
  }
  t.diagnostic(`${sum.blocks} blocks, ${sum.branches} branches, ${sum.compared} blocks of theirs compared`);
  assert.equal(sum.branches, 2 * CHAINS * HEIGHTS_PER_CHAIN);
});
