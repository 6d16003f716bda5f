import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ChainError } from "#chain/kernel/error.ts";
import { kindErrors } from "#modules/markets/kind-errors.ts";
import { modelLmsr } from "#modules/markets/model-lmsr/kind.ts";
import type { Params } from "#modules/markets/model-lmsr/params.ts";
import { priorFromFrequencies } from "#modules/markets/param-rules.ts";
import { PARAMS, TOKEN } from "./lmsr-rounds.ts";

const refused = (changes: Partial<Params>): void =>
  assert.throws(
    () => modelLmsr.check({ ...PARAMS, ...changes }),
    (thrown) => thrown instanceof ChainError && thrown.code === kindErrors.ParamsRefused.code,
    Object.keys(changes).join(),
  );

test("every parameter is accepted at its bounds", () => {
  modelLmsr.check(PARAMS);
  modelLmsr.check({ ...PARAMS, slices: 8, feePpm: 50_000, clipPpm: 250_000, ordersMax: 1 });
  modelLmsr.check({ ...PARAMS, slices: 1, feePpm: 0, clipPpm: 1000, depositMax: PARAMS.liquidity });
  modelLmsr.check({ ...PARAMS, liquidity: TOKEN, depositMin: TOKEN / 20n, depositMax: TOKEN });
  modelLmsr.check({ ...PARAMS, priorPpm: [50_000, 950_000] });
  const sixteen = Array.from({ length: 16 }, () => 62_500);
  modelLmsr.check({ ...PARAMS, classes: 16, priorPpm: sixteen, clipPpm: 31_250 });
});

test("every parameter beyond its bounds is refused", () => {
  refused({ classes: 1, priorPpm: [1_000_000] });
  refused({ classes: 17, priorPpm: Array.from({ length: 17 }, () => 58_823) });
  refused({ liquidity: TOKEN - 1n, depositMin: TOKEN / 20n, depositMax: TOKEN / 2n });
  refused({ liquidity: 10n ** 15n + 1n, depositMin: 10n ** 14n, depositMax: 10n ** 15n });
  refused({ priorPpm: [500_000, 499_999] });
  refused({ priorPpm: [49_999, 950_001] });
  refused({ priorPpm: [1_000_000] });
  refused({ priorPpm: [500_000.5, 499_999.5] });
  refused({ slices: 0 });
  refused({ slices: 9 });
  refused({ feePpm: 50_001 });
  refused({ feePpm: -1 });
  refused({ clipPpm: 999 });
  refused({ clipPpm: 250_001 });
  refused({ depositMin: PARAMS.liquidity / 20n - 1n });
  refused({ depositMin: 500n * TOKEN + 1n });
  refused({ depositMax: PARAMS.liquidity + 1n });
  refused({ ordersMax: 0 });
  refused({ ordersMax: 65 });
});

test("the subsidy is the surprise of the rarest class, above ln K for a skewed prior", () => {
  assert.equal(modelLmsr.subsidy(PARAMS), 693_147_181n);
  assert.equal(modelLmsr.subsidy({ ...PARAMS, priorPpm: [866_000, 134_000] }), 2_009_915_480n);
});

const budgets = fc.bigInt({ min: 1n, max: 10n ** 10n });
const priors = fc
  .array(fc.bigInt({ min: 0n, max: 1000n }), { minLength: 2, maxLength: 2 })
  .map((frequencies) => priorFromFrequencies(frequencies));

test("a short pool shrinks the liquidity to what it covers, and the deposits with it", () => {
  fc.assert(
    fc.property(budgets, priors, (budget, priorPpm) => {
      const params = modelLmsr.forRound(PARAMS, { budget, liquidityMin: 10n * TOKEN, priorPpm });
      if (!params) {
        const least = { ...PARAMS, priorPpm, liquidity: 10n * TOKEN };
        assert.ok(modelLmsr.subsidy(least) > budget, "only a pool that is too short skips a round");
        return;
      }
      modelLmsr.check(params);
      assert.ok(modelLmsr.subsidy(params) <= budget);
      const more = { ...params, liquidity: params.liquidity + 1n };
      assert.ok(params.liquidity === PARAMS.liquidity || modelLmsr.subsidy(more) > budget, "and no less");
      const ratio = Number(params.depositMax) / Number(params.liquidity);
      assert.ok(Math.abs(ratio - 0.5) < 1e-6);
    }),
  );
});

test("an ample pool leaves the parameters as they are", () => {
  assert.deepEqual(modelLmsr.forRound(PARAMS, { budget: 694n * TOKEN, liquidityMin: TOKEN }), PARAMS);
});

test("a prior is in proportion to the frequencies but never below 5 %", () => {
  assert.deepEqual(priorFromFrequencies([300n, 100n]), [750_000, 250_000]);
  assert.deepEqual(priorFromFrequencies([1n, 99n]), [50_000, 950_000]);
  assert.deepEqual(priorFromFrequencies([0n, 30n, 10n]), [50_000, 712_500, 237_500]);
  assert.deepEqual(priorFromFrequencies([0n, 0n, 0n]), [333_334, 333_333, 333_333]);
});
