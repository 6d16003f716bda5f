import assert from "node:assert/strict";
import test from "node:test";
import { comparedWithPython } from "#test/kit/reward-port.ts";
import { slices } from "#test/kit/slices.ts";

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
