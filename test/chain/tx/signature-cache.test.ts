import assert from "node:assert/strict";
import test from "node:test";
import { utf8 } from "#chain/bytes/utf8.ts";
import { signatureCache, signatureCacheKey } from "#chain/tx/signature-cache.ts";

test("a cache remembers the latest half of its entries at least, and never more than all", () => {
  const cache = signatureCache(10);
  const keys = Array.from({ length: 100 }, (_, i) => `key ${i}`);
  for (const [i, key] of keys.entries()) {
    cache.add(key);
    for (const recent of keys.slice(Math.max(0, i - 4), i + 1)) assert.ok(cache.has(recent));
    assert.ok(keys.filter((known) => cache.has(known)).length <= 10);
  }
  assert.ok(!cache.has("key 0"));
});

test("key, signed bytes and signature each change what is remembered", () => {
  const [key, bytes, signature] = [new Uint8Array(33), utf8("signed"), new Uint8Array(64)];
  const ids = [
    signatureCacheKey(key, bytes, signature),
    signatureCacheKey(new Uint8Array(33).fill(1), bytes, signature),
    signatureCacheKey(key, utf8("signed "), signature),
    signatureCacheKey(key, bytes, new Uint8Array(64).fill(1)),
  ];
  assert.equal(new Set(ids).size, 4);
});
