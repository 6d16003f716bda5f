import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { TOKEN } from "#test/kit/genesis.ts";
import { NetnsUnavailable } from "#test/kit/netns/namespaces.ts";
import type { Plan, Step } from "#test/kit/netns/plan.ts";
import { complaints, type Report } from "#test/kit/netns/report.ts";
import { runInNetwork } from "#test/kit/netns/start.ts";

const SEED = process.env["ITERUM_TEST_SEED"] ?? String(randomInt(1 << 30));
/** Stake of each validator before, and after a double signing has cost it a twentieth. */
const [STAKE, SLASHED] = [10n * TOKEN, (10n * TOKEN * 19n) / 20n];

const quiet = (deeds: Step["deeds"] = []): Step => ({ deeds, faults: [], heldMs: 1_000 });

const STEPS: readonly Step[] = [
  // Its stake, which a slash reaches as it was at the deed, is more than it began with.
  quiet([{ kind: "stake", node: 1, power: 5 }]),
  quiet([{ kind: "rotate", node: 2 }]),
  { ...quiet([{ kind: "doubleSign", node: 3 }]), faults: [{ kind: "kill", node: 0, which: "app" }] },
  quiet([{ kind: "leave", node: 0 }]),
  { ...quiet(), faults: [{ kind: "restart", node: 2, which: "comet" }] },
];

test("of five validators one signs twice and is thrown out, one takes a new key, one leaves", async (t) => {
  t.diagnostic(`ITERUM_TEST_SEED=${SEED}`);
  const plan: Plan = { seed: SEED, validators: 5, staked: true, paceMs: 500, steps: STEPS };
  let report: Report;
  try {
    report = await runInNetwork(plan, (line) => t.diagnostic(line));
  } catch (error) {
    if (error instanceof NetnsUnavailable) return t.skip(error.message);
    throw error;
  }
  assert.deepEqual(complaints(report), []);
  const free = { isJailed: false, isThrownOut: false };
  assert.deepEqual(
    report.steps.flatMap(({ standings }) => standings),
    [
      { ...free, tokens: `${STAKE + 5n * TOKEN}` },
      { ...free, tokens: `${STAKE}` },
      { isJailed: true, isThrownOut: true, tokens: `${SLASHED}` },
      { ...free, isJailed: true, tokens: "0" },
    ],
  );
  assert.ok(report.replayedTo > 0);
});
