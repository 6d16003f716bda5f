import assert from "node:assert/strict";
import { test } from "node:test";
import { shamVerifier } from "#test/kit/sham.ts";
import { signatures } from "#test/kit/verifier.ts";
import { play } from "../modules/distribution/economy.ts";
import { branchAt, type Recording, record } from "./branches.ts";
import type { Plan } from "./plan.ts";
import { simulate } from "./simulate.ts";
import { swift } from "./swift.ts";

const SEED = "branches";

/** Some heights of a recording, below the last. */
function someOf({ blocks }: Recording, count: number): ReadonlySet<number> {
  const random = swift(`${SEED} heights`);
  return new Set(Array.from({ length: count }, () => 1 + random.int(blocks.length - 1)));
}

test("an export and a snapshot of any height of a game go on as the chain itself does", async () => {
  const plan: Plan = { seed: SEED, mode: "fuzz", games: 3, rounds: 20, without: [], isThorough: false };
  const recording = await record(() => simulate(plan));
  const heights = someOf(recording, 6);
  const { branches, compared } = await branchAt(recording, heights, 3, shamVerifier);
  assert.equal(branches, 2 * heights.size);
  assert.ok(compared > heights.size);
});

test("an export and a snapshot of any height of an economy of stake go on as well", async () => {
  const recording = await record(() => play(SEED, 50));
  const heights = someOf(recording, 5);
  const { branches, compared } = await branchAt(recording, heights, 3, signatures);
  assert.equal(branches, 2 * heights.size);
  assert.ok(compared > heights.size);
});
