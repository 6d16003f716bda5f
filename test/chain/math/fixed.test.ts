import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { DomainError } from "#chain/math/error.ts";
import {
  EXP_ARGUMENT_MAX,
  expDown,
  expUp,
  LN_ARGUMENT_END,
  lnDown,
  lnUp,
  MATH_ERROR_MAX,
  WAD,
} from "#chain/math/fixed.ts";
import { lmsrCost } from "#chain/math/lmsr.ts";
import { floorDiv } from "#chain/math/mul-div.ts";
import { LN2_Q192 } from "#chain/math/tables.ts";

interface Vectors {
  readonly exp: { readonly x: string; readonly floor: string };
  readonly ln: { readonly x: string; readonly floor: string };
  readonly lmsrCosts: readonly string[];
  readonly ln2Q192: string;
}
const vectors = JSON.parse(
  readFileSync(new URL("../../vectors/math.json", import.meta.url), "utf8"),
) as Vectors;
const numbers = (text: string): bigint[] => text.split(" ").map(BigInt);

/** Checks both directions against floors of the truth; returns the largest distance in units. */
function worstError(
  { x, floor }: { readonly x: string; readonly floor: string },
  down: (x: bigint) => bigint,
  up: (x: bigint) => bigint,
  exactAt: bigint,
): bigint {
  const floors = numbers(floor);
  let worst = 0n;
  for (const [i, argument] of numbers(x).entries()) {
    const truth = floors[i] as bigint;
    const isExact = argument === exactAt;
    const below = truth - down(argument);
    const above = up(argument) - truth - (isExact ? 0n : 1n);
    assert.ok(below >= 0n && above >= 0n, `${argument}: the truth lies between down and up`);
    if (below > worst) worst = below;
    if (above > worst) worst = above;
  }
  return worst;
}

test("exp brackets the truth within 4 units on every vector", (t) => {
  assert.ok(numbers(vectors.exp.x).length >= 20_000);
  const worst = worstError(vectors.exp, expDown, expUp, 0n);
  t.diagnostic(`largest distance from the floor or ceiling: ${worst} units`);
  assert.ok(worst < MATH_ERROR_MAX);
});

test("ln brackets the truth within 4 units on every vector", (t) => {
  assert.ok(numbers(vectors.ln.x).length >= 20_000);
  const worst = worstError(vectors.ln, lnDown, lnUp, WAD);
  t.diagnostic(`largest distance from the floor or ceiling: ${worst} units`);
  assert.ok(worst < MATH_ERROR_MAX);
});

test("an LMSR cost is never below the truth and hardly above it", () => {
  assert.ok(vectors.lmsrCosts.length >= 5000);
  for (const row of vectors.lmsrCosts) {
    const values = numbers(row);
    const b = values[0] as bigint;
    const quantities = values.slice(1, -1);
    const above = lmsrCost(quantities, b) - (values.at(-1) as bigint);
    const allowed = 2n - floorDiv(-b * BigInt(5 * quantities.length + 4), WAD);
    assert.ok(above >= 1n && above <= allowed, `${row}: ${above}`);
  }
});

test("shifting all quantities by c shifts their cost by exactly c", () => {
  const quantity = fc.bigInt({ min: -(10n ** 16n), max: 10n ** 16n });
  fc.assert(
    fc.property(fc.array(quantity, { minLength: 1, maxLength: 6 }), quantity, (quantities, c) => {
      const b = 10n ** 15n;
      const shifted = quantities.map((value) => value + c);
      assert.equal(lmsrCost(shifted, b), lmsrCost(quantities, b) + c);
    }),
  );
});

test("the constants computed at load are those of an independent library", () => {
  assert.equal(LN2_Q192, BigInt(vectors.ln2Q192));
});

const ordered = (values: fc.Arbitrary<bigint>): fc.Arbitrary<[bigint, bigint]> =>
  fc
    .tuple(values, fc.oneof(values, fc.constant(1n)))
    .map(([a, step]) => (step === 1n ? [a - 1n, a] : a < step ? [a, step] : [step, a]));

test("exp and ln never fall when their argument rises", () => {
  fc.assert(
    fc.property(ordered(fc.bigInt({ min: -43n * WAD, max: EXP_ARGUMENT_MAX })), ([low, high]) => {
      assert.ok(expDown(low) <= expDown(high) && expUp(low) <= expUp(high));
    }),
    { numRuns: 5000 },
  );
  fc.assert(
    fc.property(ordered(fc.bigInt({ min: 2n, max: LN_ARGUMENT_END - 1n })), ([low, high]) => {
      assert.ok(lnDown(low) <= lnDown(high) && lnUp(low) <= lnUp(high));
    }),
    { numRuns: 5000 },
  );
});

test("exp of zero and ln of one are exact", () => {
  assert.deepEqual([expDown(0n), expUp(0n), lnDown(WAD), lnUp(WAD)], [WAD, WAD, 0n, 0n]);
});

test("arguments outside the domain are refused", () => {
  for (const exp of [expDown, expUp]) assert.throws(() => exp(EXP_ARGUMENT_MAX + 1n), DomainError);
  for (const ln of [lnDown, lnUp])
    for (const x of [0n, -1n, LN_ARGUMENT_END]) assert.throws(() => ln(x), DomainError);
  assert.throws(() => lmsrCost([], 1n), DomainError);
  assert.throws(() => lmsrCost([1n, 2n], 0n), DomainError);
});
