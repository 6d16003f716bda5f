import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { toHex } from "#chain/bytes/hex.ts";
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
