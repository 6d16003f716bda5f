import assert from "node:assert/strict";
import test from "node:test";
import { crashPoints } from "./crash-points.ts";

test("after 200 power losses of a simulated disk the store is whole each time", async (t) => {
  const seed = 4;
  const tally = await crashPoints(200, seed);
  t.diagnostic(`seed ${seed}: ${JSON.stringify(tally)}`);
  assert.ok(tally.newer > 20 && tally.older > 20 && tally.noticed > 10);
});
