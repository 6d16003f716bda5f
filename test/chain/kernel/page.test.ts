import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { PAGE_MAX, type PageAsked, pageOf } from "#chain/kernel/page.ts";

const entries = (count: number) =>
  Array.from({ length: count }, (_, i) => [Uint8Array.of(i >> 8, i & 255), i] as const);
const NO_KEY: Uint8Array = new Uint8Array(0);
const asked: PageAsked = { key: NO_KEY, offset: 0n, limit: 0n, countTotal: false, reverse: false };

test("pages by key hold every entry once, in either direction", () => {
  fc.assert(
    fc.property(fc.nat(350), fc.integer({ min: 0, max: 150 }), fc.boolean(), (count, limit, reverse) => {
      const found: number[] = [];
      let key = NO_KEY;
      do {
        const page = pageOf(entries(count), { ...asked, key, limit: BigInt(limit), reverse });
        assert.ok(page.items.length <= Math.min(limit || PAGE_MAX, PAGE_MAX));
        found.push(...page.items);
        key = page.pagination.nextKey;
      } while (key.length > 0);
      const all = entries(count).map(([, value]) => value);
      assert.deepEqual(found, reverse ? all.reverse() : all);
    }),
    { numRuns: 100 },
  );
});

test("a page by offset counts all entries when asked, a page by key does not", () => {
  const page = pageOf(entries(130), { ...asked, offset: 120n, countTotal: true });
  assert.deepEqual(
    [page.items, page.pagination.total],
    [[120, 121, 122, 123, 124, 125, 126, 127, 128, 129], 130n],
  );
  assert.equal(pageOf(entries(130), { ...asked, offset: 200n, countTotal: true }).items.length, 0);
  const byKey = pageOf(entries(130), { ...asked, key: Uint8Array.of(0, 120), countTotal: true });
  assert.deepEqual([byKey.items[0], byKey.pagination.total], [120, 0n]);
});

test("a page reads no more entries than it needs", () => {
  let read = 0;
  function* counted() {
    for (const entry of entries(1_000)) {
      read += 1;
      yield entry;
    }
  }
  assert.equal(pageOf(counted(), { ...asked, limit: 10n }).items.length, 10);
  assert.equal(read, 11);
});
