import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { NetnsUnavailable } from "#test/kit/netns/namespaces.ts";
import type { Plan } from "#test/kit/netns/plan.ts";
import { complaints, type Report } from "#test/kit/netns/report.ts";
import { runInNetwork } from "#test/kit/netns/start.ts";

const SEED = process.env["ITERUM_TEST_SEED"] ?? String(randomInt(1 << 30));
const HELD_MS = 3_000;

const STEPS: Plan["steps"] = [
  { faults: [], heldMs: HELD_MS },
  { joins: ["snapshot"], deeds: [{ kind: "elect", node: 4 }], faults: [], heldMs: HELD_MS },
  // Four of five must sign: the new one is needed.
  { faults: [{ kind: "disconnect", node: 0 }], heldMs: HELD_MS },
  { joins: ["blocks"], deeds: [{ kind: "elect", node: 5 }], faults: [], heldMs: HELD_MS },
  { faults: [{ kind: "kill", node: 4, which: "app" }], heldMs: HELD_MS },
];

test("a fifth node joins by state sync and a sixth by blocks; both are elected and needed", async (t) => {
  t.diagnostic(`ITERUM_TEST_SEED=${SEED}`);
  const plan: Plan = { seed: SEED, validators: 4, staked: true, paceMs: 500, steps: STEPS };
  let report: Report;
  try {
    report = await runInNetwork(plan, (line) => t.diagnostic(line));
  } catch (error) {
    if (error instanceof NetnsUnavailable) return t.skip(error.message);
    throw error;
  }
  assert.deepEqual(complaints(report), []);
  const firsts = report.nodes.map(({ blocks }) => blocks[0]?.height ?? 0);
  assert.deepEqual([...firsts.slice(0, 4), firsts[5]], [1, 1, 1, 1, 1]);
  assert.ok((firsts[4] ?? 0) > 1, "the fifth has no block of before its snapshot");
  assert.equal(report.steps[2]?.expected, "goes on");
  assert.ok(report.replayedTo > 0);
});
