import assert from "node:assert/strict";
import test from "node:test";
import { powerLosses } from "../chain/store/power-loss.ts";

const LOSSES = 200;

test(`a directory that loses power ${LOSSES} times opens with all that was committed`, async (t) => {
  const seed = 500;
  const tally = await powerLosses(LOSSES, seed);
  t.diagnostic(`seed ${seed}: ${tally.torn} torn, ${tally.newer} newer, height ${tally.height}`);
  assert.equal(tally.losses, LOSSES);
  assert.ok(tally.torn > LOSSES / 10);
});
