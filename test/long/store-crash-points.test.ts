import assert from "node:assert/strict";
import test from "node:test";
import { crashPoints } from "../chain/store/crash-points.ts";

const POINTS = 100_000;

test(`after ${POINTS} power losses of a simulated disk the store is whole each time`, async (t) => {
  const seed = 400;
  const tally = await crashPoints(POINTS, seed);
  t.diagnostic(`seed ${seed}: ${JSON.stringify(tally)}`);
  assert.equal(tally.points, POINTS);
  assert.ok(tally.newer > 1000 && tally.older > 1000 && tally.noticed > 100);
});
