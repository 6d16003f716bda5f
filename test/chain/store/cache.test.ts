import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Cache } from "#chain/store/cache.ts";

const put = (cache: Cache, name: string, bytes: Uint8Array): void =>
  cache.set(name, bytes.length, (out, at) => out.set(bytes, at));
const take = (bytes: number): Buffer => Buffer.alloc(bytes);
const got = (cache: Cache, name: string): number[] | undefined => {
  const found = cache.get(name, take);
  return found && [...found];
};

test("a cache gives what was put last under a name, or nothing", () => {
  const name = fc.integer({ min: 0, max: 40 }).map((n) => `name ${n}`);
  const operation = fc.oneof(
    { weight: 6, arbitrary: fc.record({ name, bytes: fc.uint8Array({ maxLength: 60 }) }) },
    { weight: 3, arbitrary: fc.record({ name }) },
    { weight: 1, arbitrary: fc.record({ name, gone: fc.constant(true) }) },
  );
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 400 }), (operations) => {
      const bytesMax = 4096;
      const cache = new Cache(bytesMax);
      const model = new Map<string, number[]>();
      for (const { name, ...what } of operations) {
        const found = got(cache, name);
        if (found !== undefined) assert.deepEqual(found, model.get(name));
        if ("gone" in what) cache.delete(name);
        if ("gone" in what) model.delete(name);
        if ("bytes" in what) put(cache, name, what.bytes);
        if ("bytes" in what) {
          model.set(name, [...what.bytes]);
          assert.deepEqual(got(cache, name), [...what.bytes], "what was put last is there");
        }
        assert.ok(cache.bytes <= bytesMax + 256, `${cache.bytes} bytes`);
      }
    }),
  );
});

test("a cache keeps what is used and forgets what is not", () => {
  const cache = new Cache(1 << 16);
  const bytes = new Uint8Array(100).fill(7);
  put(cache, "used", bytes);
  put(cache, "unused", bytes);
  for (let i = 0; i < 5000; i++) {
    put(cache, `other ${i}`, bytes);
    assert.deepEqual(got(cache, "used"), [...bytes]);
  }
  assert.equal(got(cache, "unused"), undefined);
});

test("a cache holds nearly all that its bound has room for, whatever was replaced before", () => {
  const cache = new Cache(1 << 20);
  const bytes = new Uint8Array(1000);
  const names = Array.from({ length: 800 }, (_, i) => `page ${i}`);
  for (let round = 0; round < 20; round++)
    for (const name of names) {
      cache.get(name, take);
      cache.delete(name);
      put(cache, name, bytes.fill(round + 1));
    }
  const held = names.filter((name) => got(cache, name) !== undefined).length;
  assert.ok(held > 700, `${held} of 800 are held`);
});

test("a cache stays within its bound when records become smaller", () => {
  const cache = new Cache(1 << 18);
  for (let i = 0; i < 1000; i++) put(cache, `large ${i}`, new Uint8Array(1000));
  for (let i = 0; i < 20_000; i++) put(cache, `small ${i}`, Uint8Array.of(i % 256));
  assert.ok(cache.bytes <= (1 << 18) + 1024, `${cache.bytes} bytes`);
  assert.deepEqual(got(cache, "small 19999"), [19_999 % 256]);
});

test("a cache does not take what is too large, and forgets what it had under that name", () => {
  const cache = new Cache(1 << 16);
  put(cache, "name", Uint8Array.of(1));
  put(cache, "name", new Uint8Array(1 << 14));
  assert.equal(got(cache, "name"), undefined);
});

test("what a cache gave stays as it was", () => {
  const cache = new Cache(1 << 12);
  put(cache, "name", Uint8Array.of(1, 2, 3));
  const found = cache.get("name", take);
  for (let i = 0; i < 500; i++) put(cache, `other ${i}`, new Uint8Array(50).fill(9));
  cache.clear();
  assert.deepEqual(found && [...found], [1, 2, 3]);
  assert.equal(cache.bytes, 0);
});

test("a cache counts what it gave and what it did not have", () => {
  const cache = new Cache(4096);
  put(cache, "a", Uint8Array.of(1));
  got(cache, "a");
  got(cache, "a");
  got(cache, "b");
  const { hits, misses, bytes } = cache.usage;
  assert.deepEqual([hits, misses], [2, 1]);
  assert.ok(bytes > 0 && bytes <= 4096);
});
