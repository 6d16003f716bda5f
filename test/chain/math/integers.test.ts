import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DomainError } from "#chain/math/error.ts";
import { floorDiv, mulDiv, splitExact } from "#chain/math/mul-div.ts";
import { waterFill } from "#chain/math/simplex.ts";

const wide = fc.bigInt({ min: -(1n << 130n), max: 1n << 130n });
const positive = fc.bigInt({ min: 1n, max: 1n << 130n });
const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);

test("mulDiv rounds down and up to the neighbours of the exact quotient, for every sign", () => {
  fc.assert(
    fc.property(wide, wide, positive, (a, b, c) => {
      const down = mulDiv(a, b, c, "down");
      const up = mulDiv(a, b, c, "up");
      assert.ok(down * c <= a * b && a * b < (down + 1n) * c);
      assert.ok(up * c >= a * b && a * b > (up - 1n) * c);
    }),
  );
  assert.deepEqual([floorDiv(-7n, 2n), floorDiv(7n, 2n), mulDiv(-7n, 1n, 2n, "up")], [-4n, 3n, -3n]);
});

test("division by nothing or by a negative number is refused", () => {
  for (const c of [0n, -1n]) {
    assert.throws(() => floorDiv(1n, c), DomainError);
    assert.throws(() => mulDiv(1n, 1n, c, "up"), DomainError);
  }
});

test("shares sum to the total and lie within one unit of their exact values", () => {
  const weights = fc.array(fc.bigInt({ min: 0n, max: 1n << 70n }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 1n << 100n }), weights, (total, ws) => {
      fc.pre(sum(ws) > 0n);
      const shares = splitExact(total, ws);
      assert.equal(sum(shares), total);
      for (const [i, share] of shares.entries()) {
        const difference = share * sum(ws) - total * (ws[i] as bigint);
        assert.ok(difference < sum(ws) && difference > -sum(ws));
      }
    }),
  );
});

test("left-over units go to the largest remainders, ties to the lower index", () => {
  assert.deepEqual(splitExact(10n, [1n, 1n, 1n]), [4n, 3n, 3n]);
  assert.deepEqual(splitExact(2n, [1n, 1n, 1n]), [1n, 1n, 0n]);
  assert.deepEqual(splitExact(10n, [10n, 26n, 64n]), [1n, 3n, 6n]);
  assert.deepEqual(splitExact(5n, [0n, 3n]), [0n, 5n]);
});

test("a split by nothing, a negative weight or a negative total is refused", () => {
  for (const [total, weights] of [
    [1n, []],
    [1n, [0n, 0n]],
    [1n, [2n, -1n]],
    [-1n, [1n]],
  ] as const)
    assert.throws(() => splitExact(total, weights), DomainError);
});

test("water-filling keeps floors, proportions and the sum", () => {
  const entry = fc.record({
    target: fc.bigInt({ min: 0n, max: 65535n }),
    floor: fc.bigInt({ min: 0n, max: 10n ** 18n }),
  });
  fc.assert(
    fc.property(
      fc.array(entry, { minLength: 1, maxLength: 16 }),
      fc.bigInt({ min: 0n, max: 10n ** 18n }),
      (entries, spare) => {
        const targets = entries.map(({ target }) => target);
        const floors = entries.map(({ floor }) => floor);
        fc.pre(sum(targets) > 0n);
        const parts = waterFill(targets, floors, sum(floors) + spare);
        const count = BigInt(parts.length);
        assert.equal(sum(parts), sum(floors) + spare);
        for (const [i, part] of parts.entries()) {
          const [target, floor] = [targets[i] as bigint, floors[i] as bigint];
          assert.ok(part >= floor);
          if (part <= floor + count) continue;
          // What stands above its floor has the same share of its target as any other, up to whole units.
          for (const [j, other] of parts.entries())
            assert.ok(part * (targets[j] as bigint) <= (other + 1n) * target + count * 65535n);
        }
      },
    ),
  );
});

test("the left-over of water-filling goes to the largest target, ties to the lower index", () => {
  assert.deepEqual(waterFill([1n, 1n, 1n], [0n, 0n, 0n], 11n), [5n, 3n, 3n]);
  assert.deepEqual(waterFill([1n, 2n, 2n], [0n, 0n, 0n], 11n), [2n, 5n, 4n]);
});

test("floors above the total and targets of nothing are refused", () => {
  assert.throws(() => waterFill([1n, 1n], [6n, 5n], 10n), DomainError);
  assert.throws(() => waterFill([0n, 0n], [0n, 0n], 10n), DomainError);
  assert.throws(() => waterFill([1n], [0n, 0n], 10n), DomainError);
});
