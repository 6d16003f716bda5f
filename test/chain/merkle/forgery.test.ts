import assert from "node:assert/strict";
import test from "node:test";
import { sha256 } from "#chain/bytes/hash.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { iavlInnerPrefix, iavlLeafPrefix } from "#chain/merkle/iavl.ts";
import {
  type Existence,
  iavlRules,
  innerStep,
  leafStep,
  simpleRules,
  verifyAbsence,
  verifyExistence,
} from "#chain/merkle/ics23.ts";
import { uvarint } from "#chain/merkle/varint.ts";
import { verifyStoreValue } from "#client/verified.ts";
import { CommitmentProof } from "#proto/gen/cosmos/ics23.ts";
import { forge, provenStore } from "./forge.ts";

test("2,000 spoilt or borrowed proofs prove nothing", async (t) => {
  const seed = 16;
  const { made, accepted } = await forge(2000, seed);
  t.diagnostic(`seed ${seed}: ${made} forgeries, ${accepted} accepted`);
  assert.equal(accepted, 0);
});

/** The existence proofs of all keys of a space, in key order. */
async function bankProofs(): Promise<readonly [Uint8Array, readonly Existence[]]> {
  const store = await provenStore();
  const root = store.roots().find(({ name }) => name === "bank")?.root;
  assert.ok(root);
  const proofs = [...store.dump("bank")].map(({ key }) => {
    const { exist } = CommitmentProof.decode(store.prove("bank", key)[0]?.data ?? root);
    assert.ok(exist);
    return exist;
  });
  return [root, proofs];
}

const after = (key: Uint8Array): Uint8Array => Uint8Array.of(...key, 0);

test("only true neighbours prove that a key between them is absent", async () => {
  const [root, proofs] = await bankProofs();
  assert.ok(proofs.length > 50);
  let refused = 0;
  for (const [i, left] of proofs.entries())
    for (const [j, right] of proofs.entries()) {
      const key = after(left.key);
      const accepted = verifyAbsence(iavlRules, root, key, { key, left, right });
      assert.equal(accepted, j === i + 1, `${i} and ${j} of ${proofs.length}`);
      if (!accepted) refused++;
    }
  assert.ok(refused > 1000);
  for (const [i, one] of proofs.entries()) {
    const [before, behind] = [Uint8Array.of(0), after(one.key)];
    const first = { key: before, left: undefined, right: one };
    assert.equal(verifyAbsence(iavlRules, root, before, first), i === 0);
    const last = { key: behind, left: one, right: undefined };
    assert.equal(verifyAbsence(iavlRules, root, behind, last), i === proofs.length - 1);
    assert.ok(!verifyAbsence(iavlRules, root, one.key, { key: one.key, left: one, right: proofs[i + 1] }));
    assert.ok(!verifyAbsence(iavlRules, root, one.key, { key: one.key, left: proofs[i - 1], right: one }));
  }
  const key = utf8("k");
  assert.ok(!verifyAbsence(iavlRules, root, key, { key, left: undefined, right: undefined }));
});

test("an inner node does not pass for a leaf, whatever its bytes are called", async () => {
  const [root, proofs] = await bankProofs();
  const proof = proofs[0] as Existence;
  const step = proof.path.at(-1);
  assert.ok(step && proof.leaf);
  // The root's pre-image, cut anew into the prefix, key and value of a leaf.
  const child = proof.path.slice(0, -1);
  assert.ok(child.length > 2);
  for (let cut = 0; cut <= step.prefix.length; cut++) {
    const forged = {
      key: step.prefix.slice(cut),
      value: root,
      leaf: leafStep(step.prefix.slice(0, cut)),
      path: [],
    };
    assert.ok(!verifyExistence(iavlRules, root, forged.key, forged.value, forged));
  }
  // A longer leaf prefix that swallows an inner node (the Dragonberry forgery), and longer step affixes.
  for (const extra of [1, 2, 33, 34, 66]) {
    const more = new Uint8Array(extra).fill(32);
    const leaf = leafStep(Uint8Array.of(...proof.leaf.prefix, ...more));
    const path = [innerStep(step.prefix, Uint8Array.of(...step.suffix, ...more)), ...proof.path.slice(1)];
    assert.ok(!verifyExistence(iavlRules, root, proof.key, proof.value, { ...proof, leaf }));
    assert.ok(!verifyExistence(iavlRules, root, proof.key, proof.value, { ...proof, path }));
  }
});

test("a tree that no chain could have is refused although its hashes fit", () => {
  const [key, value] = [utf8("key"), utf8("value")];
  const leafHash = (version: number): Uint8Array =>
    sha256(iavlLeafPrefix(version), uvarint(key.length), key, Uint8Array.of(32), sha256(value));
  const sibling = sha256(utf8("sibling"));
  const tree = (prefix: Uint8Array, version: number): readonly [Uint8Array, Existence] => {
    const step = innerStep(Uint8Array.of(...prefix, 32), Uint8Array.of(32, ...sibling));
    const root = sha256(step.prefix, leafHash(version), step.suffix);
    return [root, { key, value, leaf: leafStep(iavlLeafPrefix(version)), path: [step] }];
  };
  const holds = ([root, proof]: readonly [Uint8Array, Existence]): boolean =>
    verifyExistence(iavlRules, root, key, value, proof);
  assert.ok(holds(tree(iavlInnerPrefix(1, 2, 7), 7)));
  const wrong = [
    iavlInnerPrefix(0, 2, 7), // a leaf's height
    iavlInnerPrefix(3, 2, 7), // not next to a leaf
    iavlInnerPrefix(1, 1, 7), // no larger than its child
    iavlInnerPrefix(1, 2, 6), // older than its child
    Uint8Array.of(2, 4, 0x8e, 0), // 7 in two bytes
    Uint8Array.of(3, 4, 14), // a negative height
    Uint8Array.of(2, 4), // no version
  ];
  for (const prefix of wrong) assert.ok(!holds(tree(prefix, 7)), prefix.join());
});

test("a simple tree's inner node does not pass for a leaf, and an op more or less is refused", async () => {
  const store = await provenStore();
  const [entry] = store.dump("bank");
  assert.ok(entry);
  const ops = store.prove("bank", entry.key);
  const [, outer] = ops;
  const { exist } = CommitmentProof.decode(outer?.data ?? entry.key);
  assert.ok(exist && exist.path.length === 2);
  const step = exist.path[1];
  assert.ok(step);
  for (let cut = 0; cut <= step.prefix.length; cut++) {
    const leaf = leafStep(step.prefix.slice(0, cut));
    const forged = { key: step.prefix.slice(cut), value: step.suffix, leaf, path: [] };
    assert.ok(!verifyExistence(simpleRules, store.appHash, forged.key, forged.value, forged));
  }
  const check = (list: typeof ops): boolean =>
    verifyStoreValue(store.appHash, "bank", entry.key, entry.value, list);
  assert.ok(check(ops));
  assert.ok(!check([]));
  assert.ok(!check(ops.slice(0, 1)));
  assert.ok(!check(ops.slice(1)));
  assert.ok(!check([...ops, ...ops]));
});
