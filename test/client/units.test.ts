import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ClientError } from "#client/errors.ts";
import { formatAmount, parseAmount } from "#client/units.ts";

const isBadInput = (error: unknown): boolean => error instanceof ClientError && error.kind === "badInput";

test("amounts are read in display and in base units", () => {
  const cases: readonly [string, bigint][] = [
    ["1.5 ITER", 1_500_000n],
    ["1.5ITER", 1_500_000n],
    ["1.5", 1_500_000n],
    ["0.000001 iter", 1n],
    ["12", 12_000_000n],
    ["1500000 uiter", 1_500_000n],
    ["007 uiter", 7n],
    ["0", 0n],
  ];
  for (const [text, amount] of cases) assert.equal(parseAmount(text), amount, text);
});

test("what is no amount is refused, never rounded", () => {
  const texts = [
    "",
    "1.5 BTC",
    "0.0000001",
    "1.5 uiter",
    "-1",
    "1e6",
    "1,5",
    ".5",
    "1.",
    "0x10",
    "1 000",
    "∞",
  ];
  for (const text of [...texts, "9".repeat(39), "1.5 ITER x"])
    assert.throws(() => parseAmount(text), isBadInput, text);
});

test("amounts are shown exactly and without needless zeros", () => {
  assert.equal(formatAmount(1_500_000n), "1.5 ITER");
  assert.equal(formatAmount(0n), "0 ITER");
  assert.equal(formatAmount(-1n), "-0.000001 ITER");
  assert.equal(formatAmount(12_000_000n), "12 ITER");
  assert.equal(formatAmount(5n, { base: "wei", display: "WHOLE", exponent: 0 }), "5 WHOLE");
});

test("what is shown is read back as it was", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }), (amount) => {
      assert.equal(parseAmount(formatAmount(amount)), amount);
    }),
  );
});
