import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sha256 } from "#chain/bytes/hash.ts";
import { u64be } from "#chain/bytes/int.ts";
import { publicKey, ThresholdError } from "#chain/protocol/threshold/ceremony.ts";
import { combine, signPartial } from "#chain/protocol/threshold/signing.ts";
import { openTimed, sealUntil, TIMED_BYTES } from "#chain/protocol/threshold/timed.ts";
import { bls } from "#test/kit/verifier.ts";
import { makeKey, parties } from "./kit.ts";

const { group, shares } = makeKey("timed", parties("val", 4), 3);
const key = publicKey(group);
const roundOf = (round: bigint) => ({ message: sha256(u64be(round)), tag: "ITERUM_TEST" });
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });

function signatureOf(round: bigint): Uint8Array {
  const signable = roundOf(round);
  const parts = [1, 2, 4].map((i) => [i, signPartial(bls, signable, shares[i - 1] as bigint)] as const);
  const { signature } = combine(bls, group, signable, new Map(parts));
  assert.ok(signature);
  return signature;
}

const signature = signatureOf(5n);
const sealed = sealUntil(key, roundOf(5n), new Uint8Array(32).fill(1), new Uint8Array(32).fill(2));

test("what is sealed until a round opens with the group's signature of that round alone", () => {
  const early = signatureOf(4n);
  fc.assert(
    fc.property(bytes32, bytes32, (secret, coin) => {
      const box = sealUntil(key, roundOf(5n), secret, coin);
      assert.equal(box.length, TIMED_BYTES);
      assert.deepEqual(openTimed(box, signature), secret);
      assert.equal(openTimed(box, early), undefined);
    }),
    { numRuns: 6, seed: 8 },
  );
});

test("parts of the signature open nothing before there are enough", () => {
  for (const share of shares)
    assert.equal(openTimed(sealed, signPartial(bls, roundOf(5n), share)), undefined);
});

test("a seal that was changed anywhere does not open, nor one of another length", () => {
  const bits = [...Array.from({ length: 20 }, (_, i) => i * 64 + (i % 8)), 3, 763, 768, 1023, 1024, 1279];
  for (const bit of bits) {
    const changed = sealed.slice();
    changed[bit >>> 3] = (changed[bit >>> 3] as number) ^ (1 << (bit & 7));
    assert.equal(openTimed(changed, signature), undefined, `bit ${bit}`);
  }
  assert.equal(openTimed(sealed.subarray(1), signature), undefined);
  assert.equal(openTimed(sealed, signature.subarray(1)), undefined);
  assert.equal(openTimed(sealed, new Uint8Array(48)), undefined);
  assert.equal(openTimed(new Uint8Array(TIMED_BYTES), signature), undefined);
});

test("one key sealed twice looks different, and another group's signature opens neither", () => {
  const [secret, round] = [new Uint8Array(32).fill(1), roundOf(5n)];
  const again = sealUntil(key, round, secret, new Uint8Array(32).fill(3));
  assert.notDeepEqual(again, sealed);
  const other = bls.sign(round.message, new Uint8Array(32).fill(9), round.tag);
  for (const box of [sealed, again]) assert.equal(openTimed(box, other), undefined);
});

test("a bad key of the group, a short secret or a short coin is refused", () => {
  const full = new Uint8Array(32).fill(1);
  assert.throws(() => sealUntil(new Uint8Array(96), roundOf(5n), full, full), ThresholdError);
  assert.throws(() => sealUntil(key, roundOf(5n), full.subarray(1), full), ThresholdError);
  assert.throws(() => sealUntil(key, roundOf(5n), full, full.subarray(1)), ThresholdError);
});
