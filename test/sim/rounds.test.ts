import assert from "node:assert/strict";
import { test } from "node:test";
import { lineOf, playAll } from "./many.ts";
import { type Mode, modes, type Plan } from "./plan.ts";
import seeds from "./seeds.json" with { type: "json" };

const ROUNDS = 100;
/** Chains of each mode, 2,000 rounds in all; errors and attacks find more than good behaviour. */
const CHAINS: Readonly<Record<Mode, number>> = { behave: 4, fuzz: 8, adversary: 8 };
/** Of a chain on the real store with a second app. */
const THOROUGH_ROUNDS = 12;

function* plansOf(mode: Mode): Iterable<Plan> {
  const fresh = Array.from({ length: CHAINS[mode] }, (_, i) => `${mode}-${i}`);
  const plan = { mode, games: 6, rounds: ROUNDS, without: [], isThorough: false };
  for (const seed of [...(mode === "fuzz" ? seeds : []), ...fresh]) yield { ...plan, seed };
  yield { ...plan, seed: `${mode}-thorough`, games: 2, rounds: THOROUGH_ROUNDS, isThorough: true };
}

for (const mode of modes)
  test(`in mode ${mode} rounds end in time and every coin is accounted for`, async (t) => {
    const totals = await playAll(plansOf(mode));
    t.diagnostic(`seeds ${mode}-0 to ${mode}-${CHAINS[mode] - 1}, ${mode}-thorough: ${lineOf(totals)}`);
    assert.ok(totals.rounds >= ROUNDS * CHAINS[mode] + THOROUGH_ROUNDS);
    assert.ok(totals.done > 0, "some round is settled");
    if (mode !== "behave") assert.ok(totals.isVoid > 0, "some round is void");
    if (mode === "adversary") assert.ok(totals.convicted > 0 && totals.attacks > 0, "somebody is convicted");
  });
