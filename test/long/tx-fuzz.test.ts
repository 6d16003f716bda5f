import assert from "node:assert/strict";
import test from "node:test";
import { slices } from "#test/kit/slices.ts";
import { fuzz, told } from "../chain/tx/fuzz/fuzz.ts";

const SEED = process.env["ITERUM_TEST_SEED"] ?? "fuzz 2026";
const TXS = 2_000_000;
const TXS_PER_PART = 100_000;

test("two million transactions, mutated and generated, never throw; one encoding each", (t) => {
  let [tried, accepted, overBudget, slowestMs] = [0, 0, 0, 0];
  for (const { seed, from, count } of slices(SEED, TXS, TXS_PER_PART)) {
    const found = fuzz(count / 2, count / 2, seed);
    process.stdout.write(`from ${from}, ${told(seed, found)}\n`);
    assert.deepEqual([found.thrown, found.ambiguous], [[], []]);
    assert.ok(found.accepted > count / 500, "the valid ones among them are let in");
    tried += found.mutated + found.generated;
    accepted += found.accepted;
    overBudget += found.overBudget;
    slowestMs = Math.max(slowestMs, found.slowestMs);
  }
  const slow = `slowest ${slowestMs.toFixed(1)} ms of CPU, ${overBudget} over 20 ms`;
  t.diagnostic(`seed "${SEED}": ${tried} transactions, ${accepted} accepted; ${slow}`);
});
