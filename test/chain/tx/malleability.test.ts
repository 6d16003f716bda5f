import assert from "node:assert/strict";
import test from "node:test";
import { malleate } from "./fuzz/malleate.ts";

test("of 50 transactions signed in every way no other encoding runs or takes their turn", async (t) => {
  const seed = "malleability 1";
  const { txs, twins, kinds, accepted } = await malleate(50, seed);
  t.diagnostic(`seed "${seed}": ${txs} transactions, ${twins} other encodings of ${kinds} kinds`);
  assert.deepEqual(accepted, []);
  assert.ok(kinds >= 100 && twins > 20_000);
});
