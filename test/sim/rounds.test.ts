import assert from "node:assert/strict";
import { test } from "node:test";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import seeds from "./seeds.json" with { type: "json" };
import { type Report, simulate } from "./simulate.ts";

// More, or one failing seed alone: SIM_GAMES=1000 or SIM_SEED=name before the command that runs this file.
const games = Number(process.env["SIM_GAMES"] ?? 17);
const alone = process.env["SIM_SEED"];
const roundCount = 12;

/** One game; its failure names the command that plays it again. */
async function play(seed: string): Promise<Report> {
  try {
    return await simulate(seed, roundCount);
  } catch (error) {
    const again = `SIM_SEED=${seed} node --test test/sim/rounds.test.ts`;
    throw new Error(`seed ${seed} fails; again with: ${again}`, { cause: error });
  }
}

test("whatever members and operators do, rounds end in time and every coin is accounted for", async (t) => {
  const fresh = Array.from({ length: games }, (_, i) => `game-${i}`);
  const started = performance.now();
  const ends = new Map<number, number>();
  let [rounds, deeds] = [0, 0];
  for (const seed of alone === undefined ? [...seeds, ...fresh] : [alone]) {
    const report = await play(seed);
    for (const { phase } of report.rounds) ends.set(phase, (ends.get(phase) ?? 0) + 1);
    rounds += report.rounds.length;
    deeds += report.deeds.length;
  }
  const seconds = (performance.now() - started) / 1_000;
  t.diagnostic(`${rounds} rounds, ${deeds} messages, ${(rounds / seconds).toFixed(1)} rounds/s`);
  t.diagnostic(`ended DONE ${ends.get(Phase.PHASE_DONE)}, VOID ${ends.get(Phase.PHASE_VOID)}`);
  t.diagnostic(`ended SKIPPED ${ends.get(Phase.PHASE_SKIPPED)}`);
  if (alone !== undefined) return;
  for (const end of [Phase.PHASE_DONE, Phase.PHASE_VOID, Phase.PHASE_SKIPPED])
    assert.ok((ends.get(end) ?? 0) > 0, `no round ended in phase ${end}`);
});
