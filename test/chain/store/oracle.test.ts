import assert from "node:assert/strict";
import test from "node:test";
import { iavlSpec, ics23, tendermintSpec, verifyExistence, verifyNonExistence } from "@confio/ics23";
import { fromHex, toHex } from "#chain/bytes/hex.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { EMPTY_ROOT } from "#chain/merkle/iavl.ts";
import { memoryStore } from "#chain/store/memory.ts";
import type { NodeStore } from "#chain/store/port.ts";
import { verifyStoreValue } from "#client/verified.ts";
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

/** The steps of a proof as the independent library reads them. */
function opsOf(store: NodeStore, space: string, key: Uint8Array): readonly ics23.ICommitmentProof[] {
  return store.prove(space, key).map(({ data }) => ics23.CommitmentProof.decode(data));
}

test("the ICS-23 library verifies every entry of a store up to the app hash, and so do we", async () => {
  const store = memoryStore({ spaces: SPACES });
  for (let i = 0; i < 12; i++) await advance(store);
  let proven = 0;
  for (const { name, root } of store.roots())
    for (const { key, value } of store.dump(name)) {
      const [inner, outer] = opsOf(store, name, key);
      assert.ok(inner?.exist && outer?.exist);
      verifyExistence(inner.exist, iavlSpec, root, key, value);
      verifyExistence(outer.exist, tendermintSpec, store.appHash, utf8(name), root);
      const ops = store.prove(name, key);
      assert.ok(verifyStoreValue(store.appHash, name, key, value, ops));
      assert.ok(!verifyStoreValue(store.appHash, name, key, Uint8Array.of(...value, 0), ops));
      assert.ok(!verifyStoreValue(store.appHash, name, key, undefined, ops));
      proven++;
    }
  assert.ok(proven > 100);
});

test("the ICS-23 library verifies that keys are absent, and so do we", async () => {
  const store = memoryStore({ spaces: SPACES });
  for (let i = 0; i < 12; i++) await advance(store);
  const keys: Uint8Array[] = Array.from({ length: 300 }, (_, i) =>
    Uint8Array.of(107, i & 255, ...(i > 255 ? [1] : [])),
  );
  keys.push(Uint8Array.of(0), Uint8Array.of(255), Uint8Array.of(107), utf8("nobody"));
  let absent = 0;
  for (const { name, root } of store.roots())
    for (const key of keys) {
      if (store.get(name, key) !== undefined) continue;
      const [inner] = opsOf(store, name, key);
      assert.ok(inner?.nonexist);
      verifyNonExistence(inner.nonexist, iavlSpec, root, key);
      const ops = store.prove(name, key);
      assert.ok(verifyStoreValue(store.appHash, name, key, undefined, ops));
      assert.ok(!verifyStoreValue(store.appHash, name, key, utf8("v"), ops));
      absent++;
    }
  assert.ok(absent > 100);
});

test("a space without an entry is proven to have none, wherever its name lies among the others", async () => {
  const spaces = ["auth", "bank", "rounds", "zones"];
  for (const empty of spaces) {
    const store = memoryStore({ spaces });
    const key = utf8("k");
    const filled = spaces.filter((space) => space !== empty);
    await advance(
      store,
      filled.map((space) => ({ space, key, value: utf8(space) })),
    );
    const [outer, ...others] = opsOf(store, empty, key);
    assert.ok(outer?.nonexist && others.length === 0);
    verifyNonExistence(outer.nonexist, tendermintSpec, store.appHash, utf8(empty));
    assert.ok(verifyStoreValue(store.appHash, empty, key, undefined, store.prove(empty, key)));
    for (const space of filled)
      assert.ok(!verifyStoreValue(store.appHash, space, key, undefined, store.prove(empty, key)));
  }
});
