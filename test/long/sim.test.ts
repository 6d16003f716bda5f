import assert from "node:assert/strict";
import { test } from "node:test";
import { lineOf, nothing, playAll, sumOf, type Totals } from "../sim/many.ts";
import { modes, type Plan } from "../sim/plan.ts";

const SEEDS = 200;
const ROUNDS_PER_SEED = 500;
const ROUNDS_PER_CHAIN = 100;
const THOROUGH_ROUNDS = 20;
const TOLD_EVERY = 10;

const name = process.env["ITERUM_TEST_SEED"] ?? "long";
const from = Number(process.env["ITERUM_TEST_FROM"] ?? 0);
const count = Number(process.env["ITERUM_TEST_COUNT"] ?? SEEDS - from);

/**
 * The chains of a seed, 500 rounds in all: five chains, or of each tenth seed one long chain and a short one
 * on the real store with a second app. Modes and numbers of games take turns.
 */
function* plansOf(i: number): Iterable<Plan> {
  const seed = `${name}-${i}`;
  const mode = modes[i % modes.length] as (typeof modes)[number];
  const plan = { seed, mode, games: 3 + (i % 6), without: [], isThorough: false };
  if (i % 10 === 0) {
    yield { ...plan, rounds: ROUNDS_PER_SEED };
    yield { ...plan, rounds: THOROUGH_ROUNDS, isThorough: true };
    return;
  }
  for (let chain = 0; chain < ROUNDS_PER_SEED / ROUNDS_PER_CHAIN; chain++)
    yield { ...plan, seed: `${seed}-${chain}`, rounds: ROUNDS_PER_CHAIN };
}

test(`${count} seeds of 500 rounds keep every invariant`, async (t) => {
  let totals: Totals = nothing;
  for (let i = from; i < from + count; i++) {
    totals = sumOf(totals, await playAll(plansOf(i)));
    const isTold = (i + 1 - from) % TOLD_EVERY === 0 || i + 1 === from + count;
    if (isTold) t.diagnostic(`seeds ${name}-${from} to ${name}-${i}: ${lineOf(totals)}`);
  }
  assert.ok(totals.rounds >= count * ROUNDS_PER_SEED);
  assert.ok(totals.messages >= 10 * totals.rounds, "ten messages a round");
  assert.ok(totals.done > 0 && totals.isVoid > 0 && totals.skipped > 0 && totals.convicted > 0);
});
