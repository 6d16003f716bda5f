import assert from "node:assert/strict";
import { test } from "node:test";
import { comparedWithPython } from "#test/kit/reward-port.ts";

test("500 random programs on random sets mean the same to an evaluator in Python", async (t) => {
  const { failed, differing } = await comparedWithPython(500, 2026);
  t.diagnostic(`seed 2026: ${failed} of 500 fail in both`);
  assert.deepEqual(differing, []);
  assert.ok(failed > 5 && failed < 250);
});
