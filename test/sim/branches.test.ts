import assert from "node:assert/strict";
import { test } from "node:test";
import { branchAt, record } from "./branches.ts";
import { swift } from "./swift.ts";

const SEED = "branches";

test("an export and a snapshot of any height go on as the chain itself does", async () => {
  const recording = await record({
    ...{ seed: SEED, mode: "fuzz", games: 3, rounds: 20, without: [], isThorough: false },
  });
  const random = swift(`${SEED} heights`);
  const heights = new Set(Array.from({ length: 6 }, () => 1 + random.int(recording.blocks.length - 1)));
  const { branches, compared } = await branchAt(recording, heights, 3);
  assert.equal(branches, 2 * heights.size);
  assert.ok(compared > heights.size);
});
