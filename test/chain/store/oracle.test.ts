import assert from "node:assert/strict";
import test from "node:test";
import { iavlSpec, ics23, tendermintSpec, verifyExistence } from "@confio/ics23";
import { fromHex, toHex } from "#chain/bytes/hex.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { EMPTY_ROOT, type IavlExistence } from "#chain/merkle/iavl.ts";
import { multistoreLeaves } from "#chain/merkle/multistore.ts";
import { merkleProof } from "#chain/merkle/rfc6962.ts";
import { memoryStore } from "#chain/store/memory.ts";
import type { NodeStore } from "#chain/store/port.ts";
import vectors from "../../vectors/iavl.json" with { type: "json" };
import { advance, SPACES } from "./kit.ts";

test("the same operations give the roots of cosmos/iavl at every version", async () => {
  const store = memoryStore({ spaces: ["bank"] });
  assert.equal(vectors.versions.length, 40);
  let removals = 0;
  for (const { ops, root, size } of vectors.versions) {
    const changes = ops.map(({ key, value }) => ({
      space: "bank",
      key: fromHex(key),
      value: value === null ? undefined : fromHex(value),
    }));
    removals += changes.filter(({ value }) => value === undefined).length;
    await advance(store, changes);
    assert.equal([...store.dump("bank")].length, size);
    assert.equal(toHex(store.roots()[0]?.root ?? EMPTY_ROOT), root);
  }
  assert.ok(removals > 100);
});

const { HashOp, LengthOp } = ics23;

function ics23Proof(proof: IavlExistence): ics23.IExistenceProof {
  return {
    key: proof.key,
    value: proof.value,
    leaf: {
      hash: HashOp.SHA256,
      prehashKey: HashOp.NO_HASH,
      prehashValue: HashOp.SHA256,
      length: LengthOp.VAR_PROTO,
      prefix: proof.leafPrefix,
    },
    path: proof.path.map((step) => ({ hash: HashOp.SHA256, ...step })),
  };
}

/** The ICS-23 proof of a space's root under the app hash, from the aunts of its leaf. */
function spaceProof(store: NodeStore, space: string): ics23.IExistenceProof {
  const roots = store.roots();
  const index = roots.findIndex(({ name }) => name === space);
  const leaves = multistoreLeaves(roots);
  const aunts = merkleProof(leaves, index);
  let [position, total] = [index, roots.length];
  const turns: boolean[] = [];
  while (total > 1) {
    const left = 2 ** Math.floor(Math.log2(total - 1));
    turns.unshift(position < left);
    if (position < left) total = left;
    else [position, total] = [position - left, total - left];
  }
  return {
    key: utf8(space),
    value: roots[index]?.root ?? null,
    leaf: {
      hash: HashOp.SHA256,
      prehashKey: HashOp.NO_HASH,
      prehashValue: HashOp.SHA256,
      length: LengthOp.VAR_PROTO,
      prefix: Uint8Array.of(0),
    },
    path: aunts.map((aunt, i) => ({
      hash: HashOp.SHA256,
      prefix: turns[i] ? Uint8Array.of(1) : Uint8Array.of(1, ...aunt),
      suffix: turns[i] ? aunt : new Uint8Array(),
    })),
  };
}

test("every entry has a proof that the ICS-23 library verifies up to the app hash", async () => {
  const store = memoryStore({ spaces: SPACES });
  for (let i = 0; i < 12; i++) await advance(store);
  let proven = 0;
  for (const { name, root } of store.roots()) {
    const outer = spaceProof(store, name);
    verifyExistence(outer, tendermintSpec, store.appHash, utf8(name), root);
    for (const { key, value } of store.dump(name)) {
      const proof = store.prove(name, key);
      assert.ok(proof);
      verifyExistence(ics23Proof(proof), iavlSpec, root, key, value);
      proven++;
      assert.throws(() =>
        verifyExistence(ics23Proof(proof), iavlSpec, root, key, Uint8Array.of(...value, 0)),
      );
    }
  }
  assert.ok(proven > 100);
  assert.equal(store.prove("bank", utf8("nobody")), undefined);
});
