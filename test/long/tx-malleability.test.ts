import assert from "node:assert/strict";
import test from "node:test";
import { malleate } from "../chain/tx/fuzz/malleate.ts";

test("of 1,000 transactions signed in every way no other encoding runs or takes their turn", async (t) => {
  const seed = process.env["FUZZ_SEED"] ?? "malleability 2026";
  const { txs, twins, kinds, accepted } = await malleate(1_000, seed);
  t.diagnostic(`seed "${seed}": ${txs} transactions, ${twins} other encodings of ${kinds} kinds`);
  assert.deepEqual(accepted, []);
});
