import assert from "node:assert/strict";
import test from "node:test";
import { fromHex, toHex } from "#chain/bytes/hex.ts";
import { multistoreHash } from "#chain/merkle/multistore.ts";
import vectors from "../../vectors/iavl.json" with { type: "json" };

test("the app hash over named roots is cosmos-sdk's, in whatever order they come", () => {
  assert.equal(vectors.multistore.length, 8);
  for (const { roots, hash } of vectors.multistore) {
    const named = Object.entries(roots).map(([name, root]) => ({ name, root: fromHex(root) }));
    assert.equal(toHex(multistoreHash(named)), hash);
    assert.equal(toHex(multistoreHash(named.reverse())), hash);
  }
});
