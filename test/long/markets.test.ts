import assert from "node:assert/strict";
import test from "node:test";
import { checkModelRounds, checkWagers } from "../modules/markets/order-checks.ts";
import { checkShareRounds } from "../modules/markets/share-checks.ts";

const SEED = BigInt(process.env["ITERUM_TEST_SEED"] ?? "2026");
const ROUNDS = 20_000;

test("20,000 random rounds of model-lmsr/1 keep every invariant", (t) => {
  const counts = checkModelRounds(SEED, ROUNDS);
  t.diagnostic(`seed ${SEED}: ${ROUNDS} rounds, ${JSON.stringify(counts)}`);
  assert.ok(counts.void > 100 && counts.forfeited > 1000 && counts.moves > 100_000);
});

test("20,000 random rounds of wager/1 keep every invariant", (t) => {
  const counts = checkWagers(SEED, ROUNDS);
  t.diagnostic(`seed ${SEED}: ${ROUNDS} rounds, ${JSON.stringify(counts)}`);
  assert.ok(counts.void > 100 && counts.forfeited > 1000);
});

test("20,000 random rounds of lmsr/1 keep every invariant", (t) => {
  const counts = checkShareRounds(SEED, ROUNDS);
  t.diagnostic(`seed ${SEED}: ${ROUNDS} rounds, ${JSON.stringify(counts)}`);
  assert.ok(counts.void > 100 && counts.refused > 1000 && counts.traded > 10_000);
});
