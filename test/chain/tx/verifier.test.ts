import assert from "node:assert/strict";
import test from "node:test";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import fc from "fast-check";
import { concat } from "#chain/bytes/concat.ts";
import { sha256 } from "#chain/bytes/hash.ts";
import { bigFromBytes, u128be } from "#chain/bytes/int.ts";
import { loadVerifier, nativeVerifier, nobleVerifier } from "#chain/tx/verifier.ts";

const ORDER = secp256k1.Point.Fn.ORDER;
const native = nativeVerifier();
const noble = nobleVerifier();
const u256be = (value: bigint): Uint8Array =>
  concat(u128be(value >> 128n), u128be(value & ((1n << 128n) - 1n)));

const secret = sha256(Uint8Array.of(1));
const publicKey = secp256k1.getPublicKey(secret, true);
const digest = sha256(Uint8Array.of(2));
const signature = secp256k1.sign(digest, secret, { prehash: false, lowS: true });

/** The verdict that both implementations must share. */
function verdict(d: Uint8Array, k: Uint8Array, s: Uint8Array): boolean {
  const both = [native.verify(d, k, s), noble.verify(d, k, s)];
  assert.equal(both[0], both[1]);
  return both[0] as boolean;
}

test("both verifiers accept what noble signs, for any key and digest", () => {
  const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(bytes32, bytes32, (seed, message) => {
      const own = sha256(seed);
      const key = secp256k1.getPublicKey(own, true);
      const good = secp256k1.sign(message, own, { prehash: false, lowS: true });
      assert.ok(verdict(message, key, good));
      assert.ok(!verdict(sha256(message), key, good));
      assert.ok(!verdict(message, publicKey, good));
    }),
    { numRuns: 25 },
  );
});

test("both refuse the high half of s, and r or s of zero, of the group's order and above", () => {
  const [r, s] = [signature.subarray(0, 32), signature.subarray(32)];
  assert.ok(verdict(digest, publicKey, signature));
  assert.ok(!verdict(digest, publicKey, concat(r, u256be(ORDER - bigFromBytes(s)))));
  for (const bad of [0n, ORDER, ORDER + 1n, (1n << 256n) - 1n]) {
    assert.ok(!verdict(digest, publicKey, concat(u256be(bad), s)));
    assert.ok(!verdict(digest, publicKey, concat(r, u256be(bad))));
  }
  // The greatest low s is a number like another: refused here only because it is not the signature's.
  assert.ok(!verdict(digest, publicKey, concat(r, u256be(ORDER >> 1n))));
});

test("both refuse keys that are no point and every wrong length, without throwing", () => {
  const long = secp256k1.getPublicKey(secret, false);
  const hybrid = Uint8Array.of(6 + ((long[64] as number) & 1), ...long.subarray(1));
  const noPoint = Uint8Array.of(2, ...new Uint8Array(31), 5);
  const keys = [
    long,
    hybrid,
    noPoint,
    Uint8Array.of(4, ...publicKey.subarray(1)),
    new Uint8Array(33),
    new Uint8Array(),
  ];
  for (const key of keys) assert.ok(!verdict(digest, key, signature));
  assert.ok(!verdict(digest, publicKey, secp256k1.Signature.fromBytes(signature).toBytes("der")));
  for (const bytes of [0, 63, 65, 72]) assert.ok(!verdict(digest, publicKey, new Uint8Array(bytes).fill(1)));
  for (const bytes of [0, 31, 33]) assert.ok(!verdict(new Uint8Array(bytes).fill(1), publicKey, signature));
});

test("both give the same verdict on damaged signatures, keys and digests", () => {
  const index = fc.nat(1023);
  fc.assert(
    fc.property(fc.constantFrom("digest", "key", "signature"), index, (part, bit) => {
      const flip = (bytes: Uint8Array): Uint8Array =>
        bytes.map((byte, i) => (i === (bit >> 3) % bytes.length ? byte ^ (1 << (bit & 7)) : byte));
      const d = part === "digest" ? flip(digest) : digest;
      const k = part === "key" ? flip(publicKey) : publicKey;
      const s = part === "signature" ? flip(signature) : signature;
      assert.ok(!verdict(d, k, s));
    }),
    { numRuns: 100 },
  );
});

test("the native verifier is taken where it loads, and where it does not somebody is told", () => {
  const warnings: string[] = [];
  const warn = (text: string): void => {
    warnings.push(text);
  };
  assert.equal(loadVerifier(warn).implementation, "libsecp256k1");
  assert.deepEqual(warnings, []);
  const failing = loadVerifier(warn, () => {
    throw new Error("no native build was found");
  });
  assert.equal(failing.implementation, "noble");
  assert.ok(failing.verify(digest, publicKey, signature));
  assert.equal(warnings.length, 1);
  assert.match(warnings.join(), /slower.*no native build was found/);
});
