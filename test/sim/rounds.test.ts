import assert from "node:assert/strict";
import { test } from "node:test";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { commandOf, type Mode, modes, type Plan } from "./plan.ts";
import seeds from "./seeds.json" with { type: "json" };
import { type Report, simulate } from "./simulate.ts";

const ROUNDS = 12;
/** Chains of each mode; errors and attacks find more than good behaviour. */
const CHAINS: Readonly<Record<Mode, number>> = { behave: 2, fuzz: 7, adversary: 7 };

/** One chain; its failure names the command that plays it again. */
async function play(plan: Plan): Promise<Report> {
  try {
    return await simulate(plan);
  } catch (error) {
    throw new Error(`again, and smaller, with: ${commandOf(plan)}`, { cause: error });
  }
}

for (const mode of modes)
  test(`in mode ${mode} rounds end in time and every coin is accounted for`, async (t) => {
    const fresh = Array.from({ length: CHAINS[mode] }, (_, i) => `${mode}-${i}`);
    const ends = new Map<number, number>();
    const sums = { rounds: 0, deeds: 0, attacks: 0, convicted: 0 };
    for (const [i, seed] of [...(mode === "fuzz" ? seeds : []), ...fresh].entries()) {
      const report = await play({ seed, mode, rounds: ROUNDS, games: 1 + (i % 3), without: [] });
      for (const { phase } of report.rounds) ends.set(phase, (ends.get(phase) ?? 0) + 1);
      sums.rounds += report.rounds.length;
      sums.deeds += report.deeds;
      sums.attacks += report.attacks;
      sums.convicted += report.convicted;
    }
    const [done, isVoid, skipped] = [Phase.PHASE_DONE, Phase.PHASE_VOID, Phase.PHASE_SKIPPED].map(
      (phase) => ends.get(phase) ?? 0,
    );
    t.diagnostic(`${sums.rounds} rounds, ${sums.deeds} messages, ${sums.attacks} attacks`);
    t.diagnostic(`ended DONE ${done}, VOID ${isVoid}, SKIPPED ${skipped}; ${sums.convicted} convicted`);
    assert.ok((done ?? 0) > 0, "some round is settled");
    if (mode !== "behave") assert.ok((isVoid ?? 0) > 0, "some round is void");
    if (mode === "adversary") assert.ok(sums.convicted > 0 && sums.attacks > 0, "somebody is convicted");
  });
