import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { DomainError } from "#chain/math/error.ts";
import { WAD } from "#chain/math/fixed.ts";
import { lmsrCost, lmsrPrices, quantityAtPrice } from "#chain/math/lmsr.ts";

const vectors = JSON.parse(readFileSync(new URL("../../vectors/lmsr.json", import.meta.url), "utf8"));
const rowsOf = (name: string): bigint[][] =>
  (vectors[name] as string[]).map((row) => row.split(" ").map(BigInt));

const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);
/** By how much b times an error of some units of 10⁻¹⁸ may move an amount. */
const slack = (b: bigint, units: bigint): bigint => 1n + (b * units) / WAD;

test("1,500 vectors of whole markets give prices within the errors of their exponentials", () => {
  for (const [b, ...rest] of rowsOf("prices")) {
    const classes = rest.length / 2;
    const prices = lmsrPrices(rest.slice(0, classes), b as bigint);
    for (const [k, price] of prices.entries()) {
      const off = price - (rest[classes + k] as bigint);
      assert.ok(off <= 4n && off >= -4n * BigInt(classes) - 2n, `${off}`);
    }
  }
});

test("1,500 vectors of limit prices: the quantity is on the named side, and near", () => {
  for (const [b = 1n, limit = 1n, outcome = 0n, ...rest] of rowsOf("at")) {
    const quantities = rest.slice(0, -1);
    const floor = rest.at(-1) as bigint;
    const [down, up] = (["down", "up"] as const).map((rounding) =>
      quantityAtPrice(quantities, b, Number(outcome), Number(limit), rounding),
    ) as [bigint, bigint];
    // The least odds have 12 digits: one unit of them is 10⁻¹² of b.
    const near = slack(b, 2n * 10n ** 6n);
    assert.ok(down <= floor && floor - down <= near, `${floor - down} below`);
    assert.ok(up >= floor && up - floor <= near + 1n, `${up - floor} above`);
  }
});

test("2,000 vectors of whole trades cost the truth within a unit and what exponentials may err", () => {
  for (const [b = 1n, outcome = 0n, shares = 0n, ...rest] of rowsOf("trades")) {
    const before = rest.slice(0, -1);
    const after = before.with(Number(outcome), (before[Number(outcome)] as bigint) + shares);
    const off = lmsrCost(after, b) - lmsrCost(before, b) - (rest.at(-1) as bigint);
    const most = slack(b, 84n) + 1n;
    assert.ok(off <= most && off >= -most, `${off}`);
  }
});

const markets = fc
  .record({
    b: fc.bigInt({ min: 10n ** 6n, max: 10n ** 15n }),
    parts: fc.array(fc.bigInt({ min: 0n, max: 40_000n }), { minLength: 2, maxLength: 16 }),
  })
  .map(({ b, parts }) => ({ b, quantities: parts.map((part) => (part * b) / 1000n) }));

test("prices sum to one but for a unit a class, and a common shift changes none", () => {
  fc.assert(
    fc.property(markets, fc.bigInt({ min: 0n, max: 10n ** 17n }), ({ b, quantities }, shift) => {
      const prices = lmsrPrices(quantities, b);
      const total = sum(prices);
      assert.ok(total <= WAD && total > WAD - BigInt(quantities.length));
      const shifted = quantities.map((quantity) => quantity + shift);
      assert.deepEqual(lmsrPrices(shifted, b), prices);
      assert.equal(lmsrCost(shifted, b), lmsrCost(quantities, b) + shift);
    }),
  );
});

test("at the quantity of a limit price the price has not passed it", () => {
  const limits = fc.integer({ min: 1, max: 999_999 });
  fc.assert(
    fc.property(markets, limits, ({ b, quantities }, limit) => {
      const priceAt = (rounding: "down" | "up"): bigint => {
        const end = quantityAtPrice(quantities, b, 0, limit, rounding);
        return lmsrPrices(quantities.with(0, end), b)[0] as bigint;
      };
      const exact = BigInt(limit) * 10n ** 12n;
      // A price is itself known to a few units only.
      assert.ok(priceAt("down") <= exact + 8n && priceAt("up") >= exact - 8n * BigInt(quantities.length));
    }),
  );
});

test("what is no market, or no price in it, is a bug of the caller", () => {
  assert.throws(() => lmsrPrices([], 1n), DomainError);
  assert.throws(() => lmsrPrices([1n], 0n), DomainError);
  assert.throws(() => quantityAtPrice([1n], 1n, 0, 1, "up"), DomainError);
  assert.throws(() => quantityAtPrice([1n, 1n], 1n, 0, 0, "up"), DomainError);
  assert.throws(() => quantityAtPrice([1n, 1n], 1n, 0, 1_000_000, "up"), DomainError);
});
