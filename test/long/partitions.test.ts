import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { NetnsUnavailable } from "#test/kit/netns/namespaces.ts";
import type { Fault, Plan } from "#test/kit/netns/plan.ts";
import { complaints, type Report } from "#test/kit/netns/report.ts";
import { runInNetwork } from "#test/kit/netns/start.ts";

const SEED = process.env["ITERUM_TEST_SEED"] ?? String(randomInt(1 << 30));
const HELD_MS = 10_000;

/** Each alone, one after the other, on one net. */
const FAULTS: readonly Fault[] = [
  {
    kind: "partition",
    groups: [
      [0, 1],
      [2, 3],
    ],
  },
  { kind: "partition", groups: [[0, 1, 2], [3]] },
  // Whatever 0 and 1 tell 3 goes through 2.
  {
    kind: "partition",
    groups: [
      [0, 1, 2],
      [2, 3],
    ],
  },
  { kind: "oneWay", from: 0, to: [1, 2, 3] },
  { kind: "oneWay", from: 1, to: [2] },
  { kind: "disconnect", node: 2 },
  { kind: "flapping", node: 1 },
  { kind: "loss", share: 0.3 },
  { kind: "jitter", maxMs: 500 },
  { kind: "kill", node: 0, which: "app" },
  { kind: "kill", node: 1, which: "comet" },
  { kind: "restart", node: 2, which: "app" },
  { kind: "restart", node: 3, which: "comet" },
  { kind: "pause", node: 0, which: "app" },
  { kind: "pause", node: 1, which: "comet" },
];

test("four validators survive kills, pauses and cuts with one chain and go on healed", async (t) => {
  t.diagnostic(`ITERUM_TEST_SEED=${SEED}`);
  const steps = FAULTS.map((fault) => ({ faults: [fault], heldMs: HELD_MS }));
  const plan: Plan = { seed: SEED, validators: 4, staked: false, paceMs: 500, steps };
  let report: Report;
  try {
    report = await runInNetwork(plan, (line) => t.diagnostic(line));
  } catch (error) {
    if (error instanceof NetnsUnavailable) return t.skip(error.message);
    throw error;
  }
  assert.deepEqual(complaints(report), []);
  const top = Math.max(...report.nodes.flatMap(({ blocks }) => blocks.map(({ height }) => height)));
  const seconds = report.steps.map(({ liveSeconds }) => liveSeconds);
  t.diagnostic(`${top} blocks, ${report.sends.done} sends; live again after ${seconds.join(" ")} s`);
  assert.ok(report.sends.done > 0);
  assert.ok(report.replayedTo > 0);
});
