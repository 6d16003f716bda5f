import assert from "node:assert/strict";
import { test } from "node:test";
import { commandOf, type Mode, type Plan } from "../sim/plan.ts";
import { simulate } from "../sim/simulate.ts";

const ROUNDS = 24;
const CHAINS = 60;
const SEED = process.env["SIM_SEED"] ?? "long";

async function play(plan: Plan): Promise<number> {
  try {
    return (await simulate(plan)).rounds.length;
  } catch (error) {
    throw new Error(`again, and smaller, with: ${commandOf(plan)}`, { cause: error });
  }
}

for (const mode of ["fuzz", "adversary"] as const satisfies readonly Mode[])
  test(`${CHAINS} chains of one to three games in mode ${mode}`, async (t) => {
    let rounds = 0;
    for (let i = 0; i < CHAINS; i++)
      rounds += await play({ seed: `${SEED}-${i}`, mode, rounds: ROUNDS, games: 1 + (i % 3), without: [] });
    t.diagnostic(`seed ${SEED}: ${CHAINS} chains, ${rounds} rounds`);
    assert.ok(rounds >= CHAINS * ROUNDS);
  });
