import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { robustMilli } from "#modules/vesting/suspicion.ts";

/** The same in floating point, as it is written in books. */
function reference(means: readonly number[]): number[] {
  const median = (values: readonly number[]): number =>
    values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] as number;
  const middle = median(means);
  const spread = Math.max(1, median(means.map((x) => Math.abs(x - middle))));
  return means.map((x) => Math.max(0, ((x - middle) / (1.4826 * spread)) * 1_000));
}

test("one member among others stands out by robust standard deviations", () => {
  const means = [10n, 12n, 8n, 11n, 9n, 10n, 200n];
  const milli = robustMilli(means);
  assert.equal(milli[6], (190n * 10_000_000n) / 14_826n);
  assert.deepEqual(milli.slice(0, 6), [0n, 1_348n, 0n, 674n, 0n, 0n]);
});

test("among fewer than five members nobody stands out, and below the median nobody does", () => {
  assert.deepEqual(robustMilli([0n, 0n, 0n, 1_000_000n]), [0n, 0n, 0n, 0n]);
  assert.deepEqual(robustMilli([5n, 5n, 5n, 5n, -900n]), [0n, 0n, 0n, 0n, 0n]);
});

test("the integers are those of the formula, whatever the figures and their order", () => {
  const figures = fc.array(fc.bigInt(-(10n ** 9n), 10n ** 9n), { minLength: 5, maxLength: 40 });
  fc.assert(
    fc.property(figures, (means) => {
      const found = robustMilli(means);
      for (const [i, expected] of reference(means.map(Number)).entries())
        assert.ok(Math.abs(Number(found[i]) - expected) <= 1 + expected * 1e-9, `${found[i]} ${expected}`);
      const reversed = robustMilli(means.toReversed()).toReversed();
      assert.deepEqual(reversed, found);
    }),
    { numRuns: 300 },
  );
});
