import assert from "node:assert/strict";
import test from "node:test";
import { descents, differencesFromPort } from "../kit/fixed-port.ts";

test("1,000,000 values of exp and ln agree to the unit with an independent port in Python", async (t) => {
  const seed = process.env["FUZZ_SEED"] ?? "port 2026";
  const differing = await differencesFromPort(1_000_000, seed);
  t.diagnostic(`seed "${seed}": 1000000 values, ${differing.length} differ`);
  assert.deepEqual(differing, []);
});

test("exp and ln never fall between 1,000,000 pairs of neighbours", (t) => {
  const seed = process.env["FUZZ_SEED"] ?? "neighbours 2026";
  const descending = descents(1_000_000, seed);
  t.diagnostic(`seed "${seed}": 1000000 pairs, ${descending.length} descend`);
  assert.deepEqual(descending, []);
});
