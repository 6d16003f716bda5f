import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sha256 } from "#chain/bytes/hash.ts";
import { fromHex, toHex } from "#chain/bytes/hex.ts";
import { u64be } from "#chain/bytes/int.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { beaconPublicKey, provePossession, verifyPossession } from "#chain/protocol/beacon.ts";
import { nobleBls } from "#chain/protocol/bls.ts";
import { createMclBn254 } from "#chain/verify/bn254.ts";
import { bls } from "#test/kit/verifier.ts";
import { KINDS } from "./bls-cases.ts";
import { differ } from "./bls-differ.ts";

const TAG = "ITERUM_TEST";

test("mcl accepts and refuses what the reference does, whatever is wrong with point, key or tag", (t) => {
  const count = 8 * KINDS;
  const { accepted, differing } = differ(bls, "bls", count);
  t.diagnostic(`${count} cases of ${KINDS} kinds, seed "bls"`);
  assert.deepEqual(differing, []);
  assert.equal(accepted["honest"], 8);
  const never = [
    "other message",
    "both at infinity",
    "signature with torsion",
    "key with torsion",
    "other tag",
  ];
  for (const kind of never) assert.equal(accepted[kind], 0, kind);
});

test("both make the same signature of any message, key and tag", () => {
  const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
  const tags = fc.string({ minLength: 1, maxLength: 255, unit: "grapheme-ascii" });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 9_000 }), bytes32, tags, (message, secretKey, tag) => {
      assert.equal(toHex(bls.sign(message, secretKey, tag)), toHex(nobleBls.sign(message, secretKey, tag)));
    }),
    { numRuns: 40, seed: 381 },
  );
});

test("both verify a round of the public beacon drand quicknet, and refuse it as another round", () => {
  const publicKey = fromHex(
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451" +
      "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
  );
  const signature = fromHex(
    "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39",
  );
  const tag = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";
  for (const each of [bls, nobleBls]) {
    assert.ok(each.verify(signature, sha256(u64be(1000n)), publicKey, tag));
    assert.ok(!each.verify(signature, sha256(u64be(1001n)), publicKey, tag));
  }
});

test("a secret key of zero, of the group's order or of another length signs nothing", () => {
  const order = "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001";
  const keys = [
    new Uint8Array(32),
    Buffer.from(order, "hex"),
    new Uint8Array(31).fill(1),
    new Uint8Array(33),
  ];
  for (const key of keys)
    for (const each of [bls, nobleBls])
      assert.throws(() => each.sign(utf8("message"), new Uint8Array(key), TAG), each.implementation);
});

test("signatures hold beside the other curve of the same library, which is a global there", async () => {
  const secretKey = new Uint8Array(32).fill(5);
  const publicKey = beaconPublicKey(secretKey);
  const before = bls.sign(utf8("message"), secretKey, TAG);
  const bn254 = await createMclBn254();
  const zero = bn254.add(new Uint8Array(128));
  assert.deepEqual(bls.sign(utf8("message"), secretKey, TAG), before);
  assert.ok(bls.verify(before, utf8("message"), publicKey, TAG));
  assert.deepEqual(bn254.add(new Uint8Array(128)), zero);
});

test("a proof of possession is no signature of the beacon, and belongs to its key alone", () => {
  const [one, two] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  assert.ok(verifyPossession(provePossession(one), beaconPublicKey(one)));
  assert.ok(!verifyPossession(provePossession(one), beaconPublicKey(two)));
});
