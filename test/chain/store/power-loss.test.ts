import assert from "node:assert/strict";
import test from "node:test";
import { powerLosses } from "./power-loss.ts";

test("a directory that loses power 5 times opens each time with every committed version", async (t) => {
  const seed = 5;
  const tally = await powerLosses(5, seed);
  t.diagnostic(`seed ${seed}: ${tally.torn} torn, ${tally.newer} newer, height ${tally.height}`);
  assert.equal(tally.losses, 5);
});
