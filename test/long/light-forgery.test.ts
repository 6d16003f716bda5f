import assert from "node:assert/strict";
import { test } from "node:test";
import { forgeBlocks } from "../client/light/forge.ts";

test("of 100,000 forged, stale or foreign blocks a light client believes none", (t) => {
  const seed = process.env["ITERUM_TEST_SEED"] ?? "light";
  const { made, accepted, honest } = forgeBlocks(100_000, seed);
  t.diagnostic(`seed ${seed}: ${made} forgeries, ${accepted} believed, ${honest} honest blocks between them`);
  assert.equal(accepted, 0);
  assert.ok(honest > 500);
});
