import assert from "node:assert/strict";
import { before, test } from "node:test";
import { EVMError, NobleBN254 } from "@ethereumjs/evm";
import { bn254 } from "@noble/curves/bn254.js";
import fc from "fast-check";
import { concat } from "#chain/bytes/concat.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { baseModulus, feltModulus, words } from "#chain/protocol/field.ts";
import { createMclBn254, type MclBn254 } from "#chain/verify/bn254.ts";

const noble = new NobleBN254();
let mcl: MclBn254;
before(async () => {
  mcl = await createMclBn254();
});

type Operation = "add" | "mul" | "pairing";

/** What the operation gives, or that it refuses its input as the EVM knows it. */
function outcome(backend: Pick<MclBn254, Operation>, operation: Operation, input: Uint8Array): string {
  try {
    return toHex(backend[operation](input));
  } catch {
    return "refused";
  }
}

function agree(operation: Operation, input: Uint8Array): string {
  const expected = outcome(noble, operation, input);
  assert.equal(outcome(mcl, operation, input), expected, `${operation} of ${toHex(input)}`);
  return expected;
}

const g1 = (scalar: bigint): Uint8Array => {
  if (scalar % feltModulus === 0n) return new Uint8Array(64);
  const { x, y } = bn254.G1.Point.BASE.multiply(scalar % feltModulus).toAffine();
  return words([x, y]);
};

const g2 = (scalar: bigint): Uint8Array => {
  if (scalar % feltModulus === 0n) return new Uint8Array(128);
  const { x, y } = bn254.G2.Point.BASE.multiply(scalar % feltModulus).toAffine();
  return words([x.c1, x.c0, y.c1, y.c0]);
};

/** A point of the twist outside the subgroup of order r. */
function strayG2(): Uint8Array {
  const { Fp2 } = bn254.fields;
  const b = Fp2.div(Fp2.fromBigTuple([3n, 0n]), Fp2.fromBigTuple([9n, 1n]));
  for (let real = 1n; ; real++) {
    const x = Fp2.fromBigTuple([real, 0n]);
    const square = Fp2.add(Fp2.mul(Fp2.sqr(x), x), b);
    try {
      const y = Fp2.sqrt(square);
      const point = bn254.G2.Point.fromAffine({ x, y });
      if (!point.isTorsionFree()) return words([x.c1, x.c0, y.c1, y.c0]);
    } catch {
      // no square root: the next x
    }
  }
}

const scalars = fc.bigInt({ min: 0n, max: (1n << 256n) - 1n });
const small = fc.bigInt({ min: 0n, max: 12n });
const point = fc.oneof(small, scalars).map(g1);

test("sums and products of points are the same bytes as the reference's", () => {
  fc.assert(
    fc.property(point, point, scalars, (a, b, scalar) => {
      agree("add", concat(a, b));
      agree("mul", concat(a, words([scalar])));
    }),
    { numRuns: 40 },
  );
});

test("doubling, infinity, zero and multiples of the order are the same as the reference's", () => {
  const infinity = new Uint8Array(64);
  assert.equal(agree("add", concat(g1(7n), g1(feltModulus - 7n))), toHex(infinity));
  agree("add", concat(g1(7n), g1(7n)));
  agree("add", concat(infinity, g1(5n)));
  agree("add", concat(infinity, infinity));
  for (const scalar of [0n, 1n, 2n, feltModulus - 1n, feltModulus, feltModulus + 1n, (1n << 256n) - 1n]) {
    agree("mul", concat(g1(3n), words([scalar])));
    agree("mul", concat(infinity, words([scalar])));
  }
});

test("points off the curve and coordinates of p or more are refused by both", () => {
  const [x, y] = [1n, 2n];
  const bad = [words([x, 3n]), words([x + baseModulus, y]), words([x, y + baseModulus]), words([0n, 1n])];
  bad.push(words([baseModulus, 0n]), words([0n, baseModulus]), new Uint8Array(64).fill(255));
  for (const point of bad) {
    assert.equal(agree("add", concat(point, g1(1n))), "refused");
    assert.equal(agree("add", concat(g1(1n), point)), "refused");
    assert.equal(agree("mul", concat(point, words([0n]))), "refused");
    assert.equal(agree("pairing", concat(point, g2(1n))), "refused");
  }
});

test("a refusal is the EVM's own error, and no fault of the backend", () => {
  assert.throws(() => mcl.mul(words([1n, 3n, 1n])), EVMError);
  assert.equal(mcl.fault(), undefined);
});

test("pairing checks agree with the reference on true, false and degenerate products", () => {
  const one = toHex(words([1n]));
  const zero = toHex(words([0n]));
  assert.equal(agree("pairing", new Uint8Array(0)), one);
  assert.equal(agree("pairing", concat(g1(6n), g2(1n), g1(feltModulus - 2n), g2(3n))), one);
  assert.equal(agree("pairing", concat(g1(6n), g2(1n), g1(feltModulus - 2n), g2(4n))), zero);
  assert.equal(agree("pairing", concat(g1(0n), g2(5n))), one);
  assert.equal(agree("pairing", concat(g1(5n), g2(0n))), one);
  assert.equal(agree("pairing", concat(g1(5n), g2(0n), g1(1n), g2(1n))), zero);
});

test("a point of the twist outside the subgroup is refused", () => {
  const stray = strayG2();
  assert.equal(agree("pairing", concat(g1(1n), stray)), "refused");
  assert.equal(agree("pairing", concat(g1(0n), stray)), "refused");
  const shifted = words([baseModulus, 0n, 0n, 1n]);
  assert.equal(agree("pairing", concat(g1(1n), shifted)), "refused");
});
