import assert from "node:assert/strict";
import test from "node:test";
import { forge } from "../chain/merkle/forge.ts";

test("100,000 spoilt or borrowed proofs prove nothing", async (t) => {
  const seed = 1600;
  const { made, accepted } = await forge(100_000, seed);
  t.diagnostic(`seed ${seed}: ${made} forgeries, ${accepted} accepted`);
  assert.equal(accepted, 0);
});
