import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { shamVerifier } from "#test/kit/sham.ts";
import { signatures } from "#test/kit/verifier.ts";
import { play as playEconomy } from "../modules/distribution/economy.ts";
import { kindNames, play as playCrowd } from "../modules/gov/crowd.ts";
import { type BranchReport, branchAt, record } from "../sim/branches.ts";
import { modes, type Plan } from "../sim/plan.ts";
import { simulate } from "../sim/simulate.ts";
import { swift } from "../sim/swift.ts";

const SEED = process.env["ITERUM_TEST_SEED"] ?? String(randomInt(1 << 30));
const HEIGHTS_PER_CHAIN = 10;
const FOLLOW = 10;
const SIMULATIONS = 10;
const ROUNDS = 40;
const ECONOMIES = 5;
const ECONOMY_BLOCKS = 300;
const CROWD_BLOCKS = 120;

/** Plays a chain, then leaves it at ten random heights. */
async function leave(
  name: string,
  work: () => Promise<unknown>,
  verifier: typeof signatures,
): Promise<BranchReport> {
  const recording = await record(work);
  const random = swift(`${SEED} ${name} heights`);
  const heights = new Set<number>();
  while (heights.size < HEIGHTS_PER_CHAIN) heights.add(1 + random.int(recording.blocks.length - 1));
  const report = await branchAt(recording, heights, FOLLOW, verifier);
  assert.equal(report.branches, 2 * HEIGHTS_PER_CHAIN);
  return report;
}

const told = (reports: readonly BranchReport[]): string => {
  const sum = (part: keyof BranchReport): number => reports.reduce((total, each) => total + each[part], 0);
  return `${sum("blocks")} blocks, ${sum("branches")} branches, ${sum("compared")} blocks of theirs compared`;
};

test("exports and snapshots of games at a hundred heights go on as the chain itself does", async (t) => {
  t.diagnostic(`ITERUM_TEST_SEED=${SEED}`);
  const reports: BranchReport[] = [];
  for (let i = 0; i < SIMULATIONS; i++) {
    const mode = modes[i % modes.length] as (typeof modes)[number];
    const seed = `${SEED} ${i}`;
    const plan: Plan = { seed, mode, games: 1 + (i % 6), rounds: ROUNDS, without: [], isThorough: false };
    reports.push(await leave(seed, () => simulate(plan), shamVerifier));
  }
  t.diagnostic(told(reports));
});

test("so do those of economies of stake, and of communities that vote on anything", async (t) => {
  t.diagnostic(`ITERUM_TEST_SEED=${SEED}`);
  const reports: BranchReport[] = [];
  for (let i = 0; i < ECONOMIES; i++)
    reports.push(await leave(`economy ${i}`, () => playEconomy(`${SEED} ${i}`, ECONOMY_BLOCKS), signatures));
  for (const kind of kindNames)
    reports.push(await leave(kind, () => playCrowd(kind, SEED, CROWD_BLOCKS), signatures));
  t.diagnostic(told(reports));
});
