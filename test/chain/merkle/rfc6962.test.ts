import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { fromHex, toHex } from "#chain/bytes/hex.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { merkleProof, merkleRoot, verifyMerkleProof } from "#chain/merkle/rfc6962.ts";
import vectors from "../../vectors/iavl.json" with { type: "json" };

const leavesOf = (count: number): Uint8Array[] => Array.from({ length: count }, (_, i) => utf8(`leaf ${i}`));

test("roots and proofs are CometBFT's, for 0 to 17 leaves", () => {
  assert.equal(vectors.simple.length, 18);
  for (const { leaves: count, root, aunts } of vectors.simple) {
    const leaves = leavesOf(count);
    assert.equal(toHex(merkleRoot(leaves)), root);
    for (const [index, expected] of aunts.entries()) {
      const proof = merkleProof(leaves, index);
      assert.deepEqual(proof.map(toHex), expected);
      assert.ok(verifyMerkleProof(fromHex(root), leaves[index] as Uint8Array, index, count, proof));
    }
  }
});

test("the root of no leaves is the hash of nothing, that of one empty leaf RFC 6962's", () => {
  const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  assert.equal(toHex(merkleRoot([])), empty);
  // RFC 6962's published hash of the empty leaf.
  const leaf = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
  assert.equal(toHex(merkleRoot([new Uint8Array()])), leaf);
});

const leafList = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 70 });

test("every leaf has a proof that verifies, and at no place of another leaf", () => {
  fc.assert(
    fc.property(leafList, fc.nat(), (leaves, dice) => {
      const index = dice % leaves.length;
      const leaf = leaves[index] as Uint8Array;
      const root = merkleRoot(leaves);
      const proof = merkleProof(leaves, index);
      assert.ok(verifyMerkleProof(root, leaf, index, leaves.length, proof));
      for (let other = 0; other < leaves.length; other++)
        if (other !== index && toHex(leaves[other] as Uint8Array) !== toHex(leaf))
          assert.ok(!verifyMerkleProof(root, leaf, other, leaves.length, proof));
    }),
  );
});

test("a proof with any bit changed, an aunt more or an aunt less proves nothing", () => {
  fc.assert(
    fc.property(leafList, fc.nat(), fc.nat(), fc.nat(), (leaves, dice, which, bit) => {
      const index = dice % leaves.length;
      const leaf = leaves[index] as Uint8Array;
      const total = leaves.length;
      const root = merkleRoot(leaves);
      const proof = merkleProof(leaves, index);
      const flip = (bytes: Uint8Array): Uint8Array =>
        bytes.map((byte, i) => (i === (bit >> 3) % bytes.length ? byte ^ (1 << (bit & 7)) : byte));
      const changed = proof.map((aunt, i) => (i === which % proof.length ? flip(aunt) : aunt));
      if (proof.length > 0) assert.ok(!verifyMerkleProof(root, leaf, index, total, changed));
      assert.ok(!verifyMerkleProof(flip(root), leaf, index, total, proof));
      assert.ok(!verifyMerkleProof(root, Uint8Array.of(...leaf, 0), index, total, proof));
      assert.ok(!verifyMerkleProof(root, leaf, index, total, [...proof, root]));
      if (proof.length > 0) assert.ok(!verifyMerkleProof(root, leaf, index, total, proof.slice(1)));
    }),
  );
});

test("an inner node cannot pass for a leaf", () => {
  const leaves = leavesOf(4);
  const left = merkleRoot(leaves.slice(0, 2));
  const right = merkleRoot(leaves.slice(2));
  const forged = Uint8Array.of(...left, ...right);
  assert.ok(!verifyMerkleProof(merkleRoot(leaves), forged, 0, 1, []));
});

test("malformed positions and hashes prove nothing and do not throw", () => {
  const leaves = leavesOf(3);
  const leaf = leaves[0] as Uint8Array;
  const root = merkleRoot(leaves);
  const proof = merkleProof(leaves, 0);
  for (const index of [-1, 3, 0.5, Number.NaN, 2 ** 40])
    assert.equal(verifyMerkleProof(root, leaf, index, 3, proof), false);
  for (const total of [0, -1, 1.5, Number.NaN, 2 ** 40])
    assert.equal(verifyMerkleProof(root, leaf, 0, total, proof), false);
  assert.equal(verifyMerkleProof(root.subarray(1), leaf, 0, 3, proof), false);
  assert.equal(verifyMerkleProof(root, leaf, 0, 3, [proof[0] as Uint8Array, new Uint8Array(31)]), false);
  assert.throws(() => merkleProof(leaves, 3), RangeError);
});
