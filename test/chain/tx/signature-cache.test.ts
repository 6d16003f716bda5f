import assert from "node:assert/strict";
import test from "node:test";
import { signatureCache } from "#chain/tx/signature-cache.ts";

test("a cache remembers the latest half of its entries at least, and never more than all", () => {
  for (const verdict of [true, false]) {
    const cache = signatureCache(10);
    const keys = Array.from({ length: 100 }, (_, i) => `key ${i}`);
    for (const [i, key] of keys.entries()) {
      cache.add(key, verdict);
      for (const recent of keys.slice(Math.max(0, i - 4), i + 1))
        assert.equal(cache.verdict(recent), verdict);
      assert.ok(keys.filter((known) => cache.verdict(known) !== undefined).length <= 10);
    }
    assert.equal(cache.verdict("key 0"), undefined);
  }
});

test("refused signatures push no valid one out", () => {
  const cache = signatureCache(10);
  cache.add("good", true);
  for (let i = 0; i < 100; i++) cache.add(`bad ${i}`, false);
  assert.equal(cache.verdict("good"), true);
});
