import assert from "node:assert/strict";
import test from "node:test";
import { comparedWithPython } from "#test/kit/reward-port.ts";
import { slices } from "#test/kit/slices.ts";
import { fuzzTexts, printedAgain } from "../cli/reward/fuzz.ts";

const SEED = Number(process.env["ITERUM_TEST_SEED"] ?? "2026");
const PROGRAMS = 100_000;
const PROGRAMS_PER_PART = 5_000;

test("100,000 random reward programs on random sets mean the same to an evaluator in Python", async (t) => {
  let [tried, failed] = [0, 0];
  for (const { from, count } of slices(String(SEED), PROGRAMS, PROGRAMS_PER_PART)) {
    const found = await comparedWithPython(count, SEED + from);
    process.stdout.write(`from ${from}, seed ${SEED + from}: ${count} programs, ${found.failed} failed\n`);
    assert.deepEqual(found.differing, []);
    tried += found.tried;
    failed += found.failed;
  }
  t.diagnostic(`seed ${SEED}: ${tried} programs, ${failed} of them fail in both, 0 differ`);
  assert.ok(failed > tried / 100 && failed < tried / 2);
});

test("100,000 texts compile or are refused with their place; as many programs print to themselves", (t) => {
  let compiled = 0;
  for (const { from, count } of slices(String(SEED), PROGRAMS, PROGRAMS_PER_PART)) {
    compiled += fuzzTexts(count, SEED + from).compiled;
    printedAgain(count, SEED + from);
    process.stdout.write(`from ${from}, seed ${SEED + from}: ${count} texts and ${count} programs\n`);
  }
  t.diagnostic(`seed ${SEED}: ${PROGRAMS} texts, ${compiled} compiled; ${PROGRAMS} programs printed`);
  assert.ok(compiled > PROGRAMS / 200);
});
