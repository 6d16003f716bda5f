import assert from "node:assert/strict";
import test from "node:test";
import { signatureCache, signatureKey } from "#chain/tx/signature-cache.ts";

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

test("key, digest and signature each change what is remembered", () => {
  const job = { publicKey: new Uint8Array(33), digest: new Uint8Array(32), signature: new Uint8Array(64) };
  const ids = [
    signatureKey(job),
    signatureKey({ ...job, publicKey: new Uint8Array(33).fill(1) }),
    signatureKey({ ...job, digest: new Uint8Array(32).fill(1) }),
    signatureKey({ ...job, signature: new Uint8Array(64).fill(1) }),
    signatureKey({ ...job, signature: new Uint8Array(65) }),
  ];
  assert.equal(new Set(ids).size, ids.length);
});
