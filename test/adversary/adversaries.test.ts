import assert from "node:assert/strict";
import { test } from "node:test";
import { type Findings, type Measured, measure } from "./measure.ts";
import { settingOfGenesis } from "./setting.ts";
import { type SourceName, sourceNamed } from "./sources.ts";

const SEED = "fast";
/** Standard errors that a sign must lie from chance. */
const ERRORS = 4;

const play = async (name: SourceName, rounds: number, only: string): Promise<Findings> =>
  measure(settingOfGenesis(), await sourceNamed(name), { seed: SEED, rounds, only });

function find({ adversaries }: Findings, name: string): Measured {
  const found = adversaries.find((each) => each.name === name);
  assert.ok(found, name);
  return found;
}

/** That a gain lies above or below something, far from chance. */
function isAbove({ name, gain }: Measured, least: number): void {
  assert.ok(gain.mean - ERRORS * gain.error > least, `${name}: ${gain.mean} ± ${gain.error} above ${least}`);
}
function isBelow({ name, gain }: Measured, most: number): void {
  assert.ok(gain.mean + ERRORS * gain.error < most, `${name}: ${gain.mean} ± ${gain.error} below ${most}`);
}

for (const [source, rounds] of [
  ["synthetic", 140],
  ["SMS", 60],
] as const)
  test(`selling labels pays without a panel only, withholding never: ${source}`, async () => {
    const findings = await play(source, rounds, "20 %");
    const open = find(findings, "label sellers 20 %, no panel");
    isAbove(open, open.honest);
    for (const tactic of ["panel", "panel, telling", "panel, telling and vetoing"]) {
      const sale = find(findings, `label sellers 20 %, ${tactic}`);
      isBelow(sale, sale.honest / 2);
    }
    assert.equal(find(findings, "withholder, 20 % of the seats").gain.mean, 0);
    assert.equal(find(findings, "void seeker, 20 %, after predictions").gain.mean, 0);
  });

test("a noised report earns less than the truth", async () => {
  isBelow(find(await play("synthetic", 60, "report noised"), "report noised"), 0);
});

test("falsifying predictions never pays, even in the mean, where eight are proven", async () => {
  const findings = await play("synthetic", 60, "cheating predictor");
  assert.equal(find(findings, "cheating predictor").gain.mean, 0);
});

test("floods of false proofs and forged openings gain nothing and cost their fees", async () => {
  for (const name of ["proof flooder", "forger"]) isBelow(find(await play("synthetic", 30, name), name), 0);
});
