import assert from "node:assert/strict";
import test from "node:test";
import { fuzz, told } from "../chain/tx/fuzz/fuzz.ts";

test("two million transactions, mutated and generated, never throw; one encoding each", (t) => {
  const seed = process.env["FUZZ_SEED"] ?? "fuzz 2026";
  const found = fuzz(1_000_000, 1_000_000, seed);
  t.diagnostic(told(seed, found));
  assert.deepEqual([found.thrown, found.ambiguous], [[], []]);
  assert.ok(found.accepted > 4_000, "the valid ones among them are let in");
});
