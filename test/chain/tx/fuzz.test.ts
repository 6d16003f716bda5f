import assert from "node:assert/strict";
import test from "node:test";
import { fuzz, told } from "./fuzz/fuzz.ts";

test("20,000 transactions, mutated and generated, never throw; what is let in has one encoding", (t) => {
  const seed = "fuzz 1";
  const found = fuzz(10_000, 10_000, seed);
  t.diagnostic(told(seed, found));
  assert.deepEqual([found.thrown, found.ambiguous], [[], []]);
  assert.ok(found.accepted > 50, "the valid ones among them are let in");
  assert.ok(found.codes.size >= 15);
});
