import assert from "node:assert/strict";
import test from "node:test";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import fc from "fast-check";
import { concat } from "#chain/bytes/concat.ts";
import { sha256 } from "#chain/bytes/hash.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { bigFromBytes, u128be } from "#chain/bytes/int.ts";
import { nativeVerifier, nobleVerifier, type SignatureVerifier } from "#chain/tx/verifier.ts";
import { loadVerifier, wasmVerifier } from "#chain/verify/load-verifier.ts";

const ORDER = secp256k1.Point.Fn.ORDER;
const verifiers: readonly SignatureVerifier[] = [nativeVerifier(), await wasmVerifier(), nobleVerifier()];
const u256be = (value: bigint): Uint8Array =>
  concat(u128be(value >> 128n), u128be(value & ((1n << 128n) - 1n)));

const secret = sha256(Uint8Array.of(1));
const publicKey = secp256k1.getPublicKey(secret, true);
const digest = sha256(Uint8Array.of(2));
const signature = secp256k1.sign(digest, secret, { prehash: false, lowS: true });

/** The verdict that all implementations must share. */
function verdict(d: Uint8Array, k: Uint8Array, s: Uint8Array): boolean {
  const verdicts = verifiers.map(({ verify }) => verify(d, k, s));
  assert.equal(
    new Set(verdicts).size,
    1,
    `${verdicts} on ${[d, k, s].map((bytes) => toHex(bytes)).join(" ")}`,
  );
  return verdicts[0] as boolean;
}

/** The signature with v, as wallets of Ethereum give it. */
function withV(message: Uint8Array, own: Uint8Array): Uint8Array {
  const recovered = secp256k1.sign(message, own, { prehash: false, lowS: true, format: "recovered" });
  return concat(recovered.subarray(1), Uint8Array.of(27 + (recovered[0] as number)));
}

test("all verifiers accept what noble signs, for any key and digest", () => {
  const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(bytes32, bytes32, (seed, message) => {
      const own = sha256(seed);
      const key = secp256k1.getPublicKey(own, true);
      const good = secp256k1.sign(message, own, { prehash: false, lowS: true });
      assert.ok(verdict(message, key, good));
      assert.ok(!verdict(sha256(message), key, good));
      assert.ok(!verdict(message, publicKey, good));
      assert.ok(verdict(message, key, withV(message, own)));
      assert.ok(!verdict(sha256(message), key, withV(message, own)));
      assert.ok(!verdict(message, publicKey, withV(message, own)));
    }),
    { numRuns: 25 },
  );
});

test("all refuse the high half of s, and r or s of zero, of the group's order and above", () => {
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

test("all refuse keys that are no point and every wrong length, without throwing", () => {
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

test("all give the same verdict on damaged signatures, keys and digests", () => {
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

test("a signature with v has one form: low s, and the v that recovers the key", () => {
  const full = withV(digest, secret);
  assert.ok(verdict(digest, publicKey, full));
  const [r, s, v] = [full.subarray(0, 32), full.subarray(32, 64), full[64] as number];
  for (let other = 0; other < 256; other++)
    assert.equal(verdict(digest, publicKey, concat(r, s, Uint8Array.of(other))), other === v, `v ${other}`);
  const high = u256be(ORDER - bigFromBytes(s));
  for (const each of [v, 55 - v])
    assert.ok(!verdict(digest, publicKey, concat(r, high, Uint8Array.of(each))));
  for (const bad of [0n, ORDER, ORDER + 1n, (1n << 256n) - 1n])
    for (const each of [27, 28]) {
      assert.ok(!verdict(digest, publicKey, concat(u256be(bad), s, Uint8Array.of(each))));
      assert.ok(!verdict(digest, publicKey, concat(r, u256be(bad), Uint8Array.of(each))));
    }
});

/** A signature with any r and s, and the key that it is valid for: what a chooser of keys can make. */
function forged(
  s: bigint,
  nonce: bigint,
  message: Uint8Array,
): readonly [Uint8Array, Uint8Array] | undefined {
  const { Fn, BASE } = secp256k1.Point;
  const point = BASE.multiply(Fn.create(nonce));
  const r = Fn.create(point.x);
  const hashed = Fn.create(bigFromBytes(message));
  const signed = point.multiply(Fn.create(s));
  const key = hashed === 0n ? signed : signed.subtract(BASE.multiply(hashed));
  if (key.is0() || r === 0n) return undefined;
  return [key.multiply(Fn.inv(r)).toBytes(true), concat(u256be(r), u256be(s))];
}

test("edges: the least and greatest s, small nonces, digests of the order and above", () => {
  const half = ORDER >> 1n;
  const digests = [1n, ORDER - 1n, ORDER + 1n, (1n << 256n) - 1n, 1n << 255n].map(u256be);
  let valid = 0;
  for (const message of digests)
    for (const s of [1n, 2n, half - 1n, half, half + 1n, ORDER - 1n])
      for (const nonce of [1n, 2n, 3n, ORDER - 1n, half]) {
        const [key, made] = forged(s, nonce, message) ?? [];
        if (key === undefined || made === undefined) continue;
        const isLow = s <= half;
        assert.equal(verdict(message, key, made), isLow, `s ${s} nonce ${nonce}`);
        const recovered = [27, 28].filter((v) => verdict(message, key, concat(made, Uint8Array.of(v))));
        assert.equal(recovered.length, isLow ? 1 : 0);
        if (isLow) valid += 1;
      }
  assert.ok(valid > 80, `${valid} valid`);
  // A digest of zero, and one of the order, which is zero too: the same key signs both.
  const [key, made] = forged(5n, 7n, new Uint8Array(32)) ?? [];
  assert.ok(key && made && verdict(new Uint8Array(32), key, made) && verdict(u256be(ORDER), key, made));
});

test("the native verifier is taken where it loads, else the one in WebAssembly, aloud", async () => {
  const warnings: string[] = [];
  const warn = (text: string): void => {
    warnings.push(text);
  };
  assert.equal((await loadVerifier(warn)).implementation, "libsecp256k1");
  assert.deepEqual(warnings, []);
  const failing = await loadVerifier(warn, () => {
    throw new Error("no native build was found");
  });
  assert.equal(failing.implementation, "libauth");
  assert.ok(failing.verify(digest, publicKey, signature));
  assert.equal(warnings.length, 1);
  assert.match(warnings.join(), /slower.*no native build was found/);
});
