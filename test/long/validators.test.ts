import assert from "node:assert/strict";
import test from "node:test";
import { churn } from "../modules/validators/churn.ts";

const SEED = process.env["ITERUM_TEST_SEED"] ?? "churn 2026";
const RUNS = 5;
const OPERATIONS = 10_000;

for (let run = 0; run < RUNS; run++)
  test(`${OPERATIONS} random changes of stake, keys and jail, run ${run}: consensus takes every set`, (t) => {
    const seed = `${SEED} ${run}`;
    process.stdout.write(`seed "${seed}"\n`);
    const { operations, succeeded, updates, convicted, sizes } = churn(seed, OPERATIONS);
    const what = `${succeeded} of ${operations} succeeded, ${updates} updates, ${convicted} convictions`;
    t.diagnostic(`seed "${seed}": ${what}, ${sizes.join(" to ")} validators`);
    assert.ok(updates > OPERATIONS / 10 && succeeded > OPERATIONS / 5, what);
  });
