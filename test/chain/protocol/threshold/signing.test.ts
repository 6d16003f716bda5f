import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sha256 } from "#chain/bytes/hash.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { u64be } from "#chain/bytes/int.ts";
import { nobleBls } from "#chain/protocol/bls.ts";
import { publicKey } from "#chain/protocol/threshold/ceremony.ts";
import { evaluate, Fr, scalarBytes, weightsAtZero } from "#chain/protocol/threshold/scalar.ts";
import { combine, partialHolds, signPartial } from "#chain/protocol/threshold/signing.ts";
import { bls } from "#test/kit/verifier.ts";
import { flipped, makeKey, parties } from "./kit.ts";

const NUM_RUNS = 12;
const made = makeKey("signing", parties("val", 5), 3);
const { group, shares } = made;
const roundOf = (round: bigint) => ({ message: sha256(u64be(round)), tag: "ITERUM_TEST" });
const partsOf = (signable: ReturnType<typeof roundOf>, indices: readonly number[]): Map<number, Uint8Array> =>
  new Map(indices.map((i) => [i, signPartial(bls, signable, shares[i - 1] as bigint)]));

/** The secret that nobody knows, put together from all shares. */
const secret = weightsAtZero([1, 2, 3, 4, 5]).reduce(
  (sum, weight, i) => Fr.add(sum, Fr.mul(weight, shares[i] as bigint)),
  0n,
);

test("any three of five make the signature that the secret itself would make", () => {
  const indices = fc.shuffledSubarray([1, 2, 3, 4, 5], { minLength: 3 });
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), indices, (round, chosen) => {
      const signable = roundOf(round);
      const { signature, wrong } = combine(bls, group, signable, partsOf(signable, chosen));
      assert.deepEqual(wrong, []);
      const whole = nobleBls.sign(signable.message, scalarBytes(secret), signable.tag);
      assert.deepEqual(signature, whole);
      assert.ok(nobleBls.verify(whole, signable.message, publicKey(group), signable.tag));
    }),
    { numRuns: NUM_RUNS, seed: 5 },
  );
});

test("wrong parts are named, and the right ones still make the signature", () => {
  const signable = roundOf(7n);
  const good = combine(bls, group, signable, partsOf(signable, [1, 2, 3])).signature;
  const parts = partsOf(signable, [1, 2, 3, 4, 5]);
  parts.set(1, partsOf(roundOf(8n), [1]).get(1) as Uint8Array);
  parts.set(3, parts.get(2) as Uint8Array);
  assert.deepEqual(combine(bls, group, signable, parts), { signature: good, wrong: [1, 3] });
  parts.set(5, new Uint8Array(48));
  assert.deepEqual(combine(bls, group, signable, parts), { signature: undefined, wrong: [1, 3, 5] });
});

test("too few parts make no signature, nor do parts of strangers", () => {
  const signable = roundOf(9n);
  const parts = partsOf(signable, [2, 4]);
  assert.deepEqual(combine(bls, group, signable, parts), { signature: undefined, wrong: [] });
  for (const stranger of [0, 6, -1, 2.5]) parts.set(stranger, parts.get(2) as Uint8Array);
  assert.deepEqual(combine(bls, group, signable, parts), { signature: undefined, wrong: [] });
  assert.deepEqual(combine(bls, group, signable, new Map()), { signature: undefined, wrong: [] });
});

test("a part holds for its party, its message and its tag alone, whoever verifies it", () => {
  const signable = roundOf(3n);
  const part = partsOf(signable, [2]).get(2) as Uint8Array;
  for (const each of [bls, nobleBls]) {
    const holds = (index: number, what = signable, bytes = part) =>
      partialHolds(each, group, index, what, bytes);
    assert.ok(holds(2));
    for (const index of [0, 1, 3, 6]) assert.ok(!holds(index), `${index}`);
    assert.ok(!holds(2, roundOf(4n)));
    assert.ok(!holds(2, { ...signable, tag: "ITERUM_OTHER" }));
    assert.ok(!holds(2, signable, flipped(part, 47)));
    assert.ok(!holds(2, signable, new Uint8Array(0)));
  }
});

test("two shares of a key that needs three say nothing of it: every secret fits them", () => {
  const known = [shares[0] as bigint, shares[1] as bigint];
  for (const guess of [1n, secret, Fr.sub(0n, secret)]) {
    // The polynomial through (0, guess), (1, known), (2, known) by Newton's differences.
    const first = Fr.sub(known[0] as bigint, guess);
    const second = Fr.div(Fr.sub(Fr.sub(known[1] as bigint, known[0] as bigint), first), 2n);
    const coefficients = [guess, Fr.sub(first, second), second];
    assert.deepEqual([evaluate(coefficients, 1n), evaluate(coefficients, 2n)], known);
  }
});

test("both implementations combine alike, and refuse what is no point", () => {
  const weights = fc.array(fc.bigInt({ min: 0n, max: Fr.ORDER - 1n }), { minLength: 1, maxLength: 4 });
  const parts = [...partsOf(roundOf(1n), [1, 2, 3, 4]).values()];
  fc.assert(
    fc.property(weights, fc.nat({ max: 12 }), (chosen, spoil) => {
      const given = parts.slice(0, chosen.length);
      if (spoil < given.length) given[spoil] = flipped(given[spoil] as Uint8Array, 40);
      const [ours, theirs] = [bls, nobleBls].map((each) => each.combine(given, chosen));
      assert.deepEqual(ours && toHex(ours), theirs && toHex(theirs));
    }),
    { numRuns: 4 * NUM_RUNS, seed: 6 },
  );
  for (const each of [bls, nobleBls]) {
    assert.equal(each.combine([parts[0] as Uint8Array], [0n]), undefined);
    assert.equal(each.combine([Uint8Array.of(0xc0, ...new Uint8Array(47))], [1n]), undefined);
    assert.equal(each.combine([], []), undefined);
  }
});
