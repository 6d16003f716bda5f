import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fromKey, toKey } from "#chain/bytes/latin1.ts";
import { iavlInnerHash, iavlLeafHash } from "#chain/merkle/iavl.ts";
import { nodeHasher } from "#chain/store/digest.ts";

const bytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength });
const version = fc.integer({ min: 1, max: 0x7fffffff });
const hash32 = bytes(32, 32);

test("the store's quick hashes of nodes are those of the IAVL specification", () => {
  const hasher = nodeHasher();
  const leaf = fc.property(bytes(1, 1024), bytes(1, 300), version, (key, value, at) => {
    assert.deepEqual(fromKey(hasher.leaf(key, value, at)), iavlLeafHash(key, value, at));
  });
  const size = fc.integer({ min: 2, max: 0x3fffffff });
  const height = fc.integer({ min: 1, max: 44 });
  const inner = fc.property(height, size, version, hash32, hash32, (h, n, at, left, right) => {
    const quick = hasher.inner(h, n, at, toKey(left), toKey(right));
    assert.deepEqual(fromKey(quick), iavlInnerHash(h, n, at, left, right));
  });
  fc.assert(leaf);
  fc.assert(inner);
});
