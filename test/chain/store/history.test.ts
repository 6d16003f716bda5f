import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { toHex } from "#chain/bytes/hex.ts";
import { openDiskStore } from "#chain/store/disk.ts";
import { StoreError } from "#chain/store/error.ts";
import type { Kv } from "#chain/store/kv.ts";
import { memoryKv, memoryStore } from "#chain/store/memory.ts";
import type { NodeStore, StoreView } from "#chain/store/port.ts";
import { Store } from "#chain/store/store.ts";
import { verifyStore } from "#chain/store/verify.ts";
import { advance, changesAt, contents, SPACES, withFolder } from "./kit.ts";

const SIZES = { entryCacheBytes: 0, nodeCacheBytes: 0 };
const failure = (kind: string) => (error: unknown) => error instanceof StoreError && error.kind === kind;

/** What every height held, by a store that forgets. */
async function recorded(heights: number): Promise<ReadonlyMap<bigint, readonly string[]>> {
  const store = memoryStore({ spaces: SPACES });
  const found = new Map<bigint, readonly string[]>();
  for (let i = 0; i < heights; i++) {
    await advance(store);
    found.set(store.height, [toHex(store.appHash), ...contents(store)]);
  }
  return found;
}

const stateOf = (view: StoreView): readonly string[] => [toHex(view.appHash), ...contents(view)];

/** The heights that a policy keeps after so many versions. */
const expected = (heights: number, recent: number, every: number): bigint[] =>
  Array.from({ length: heights }, (_, i) => i + 1)
    .filter((height) => height > heights - recent || (every > 0 && height % every === 0))
    .map(BigInt);

test("a store keeps the last versions and every so many-th, each as it was, and no page more", async () => {
  const heights = 40;
  const states = await recorded(heights);
  for (const [keepRecent, keepEvery] of [
    [2, 0],
    [5, 0],
    [2, 7],
    [3, 1],
    [40, 0],
  ] as const) {
    const kv = memoryKv();
    const store = new Store(kv, SPACES, { ...SIZES, keepRecent, keepEvery });
    for (let i = 0; i < heights; i++) await advance(store);
    assert.deepEqual([...store.kept()], expected(heights, keepRecent, keepEvery));
    for (let height = 0n; height <= BigInt(heights) + 1n; height++) {
      const view = store.at(height);
      const isKept = expected(heights, keepRecent, keepEvery).includes(height);
      assert.deepEqual(view && stateOf(view), isKept ? states.get(height) : undefined);
    }
    const { strayPages, versions } = await verifyStore(kv);
    assert.equal(strayPages, 0);
    assert.equal(versions, expected(heights, keepRecent, keepEvery).length);
  }
});

test("a store opened with another policy comes to keep what that says, without a page too many", async () => {
  const policy = fc.record({
    keepRecent: fc.integer({ min: 2, max: 9 }),
    keepEvery: fc.integer({ min: 0, max: 6 }),
  });
  const policies = fc.array(policy, { minLength: 2, maxLength: 5 });
  const states = await recorded(60);
  await fc.assert(
    fc.asyncProperty(policies, async (chosen) => {
      const kv = memoryKv();
      let store: NodeStore | undefined;
      for (const each of chosen) {
        store = new Store(kv, SPACES, { ...SIZES, ...each });
        for (let i = 0; i < 12; i++) await advance(store);
      }
      for (const height of store?.kept() ?? []) {
        const view = store?.at(height);
        assert.deepEqual(view && stateOf(view), states.get(height));
      }
      assert.equal((await verifyStore(kv)).strayPages, 0);
    }),
    { numRuns: 25 },
  );
});

test("a view stays as it was whatever is committed, and says when it is pruned", async () => {
  await withFolder(async (folder) => {
    const store = await openDiskStore(folder, { spaces: SPACES, keepRecent: 4, ...SIZES });
    for (let i = 0; i < 5; i++) await advance(store);
    const view = store.at(5n);
    assert.ok(view);
    const state = stateOf(view);
    const walk = view.range("bank", new Uint8Array(), undefined)[Symbol.iterator]();
    walk.next();
    for (let i = 0; i < 3; i++) {
      await advance(store);
      assert.deepEqual(stateOf(view), state);
      for (const { space, key, value } of view.dump()) assert.deepEqual(view.get(space, key), value);
    }
    assert.notDeepEqual(stateOf(store), state);
    await advance(store);
    assert.throws(() => view.get("bank", Uint8Array.of(107, 3)), failure("height"));
    assert.throws(() => [...{ [Symbol.iterator]: () => walk }], failure("height"));
    assert.equal(store.at(5n), undefined);
    await store.close();
    assert.throws(() => store.at(8n), failure("closed"));
  });
});

test("a pinned version and those after it are kept until it is let go", async () => {
  const kv = memoryKv();
  const store = new Store(kv, SPACES, { ...SIZES, keepRecent: 2 });
  for (let i = 0; i < 3; i++) await advance(store);
  assert.throws(() => store.pin(1n), failure("height"));
  const release = store.pin(3n);
  const view = store.at(3n);
  assert.ok(view);
  const state = stateOf(view);
  for (let i = 0; i < 9; i++) await advance(store);
  assert.deepEqual([...store.kept()].length, 10);
  assert.deepEqual(stateOf(view), state);
  release();
  for (let i = 0; i < 20; i++) await advance(store);
  assert.deepEqual([...store.kept()], [31n, 32n]);
  assert.equal((await verifyStore(kv)).strayPages, 0);
});

test("a rollback leaves the history before it, and the next version goes on from there", async () => {
  const states = await recorded(12);
  const kv = memoryKv();
  const store = new Store(kv, SPACES, { ...SIZES, keepRecent: 4, keepEvery: 5 });
  for (let i = 0; i < 12; i++) {
    await advance(store, changesAt(BigInt(1000 + i)));
    await store.rollback();
    assert.equal(store.at(BigInt(i + 1)), undefined);
    await advance(store);
  }
  for (const height of store.kept()) {
    const view = store.at(height);
    assert.deepEqual(view && stateOf(view), states.get(height));
  }
  assert.equal((await verifyStore(kv)).strayPages, 0);
});

test("a state that stays as large takes no more of the disk after hundreds of versions", async () => {
  const sizes: number[] = [];
  const stored = new Map<string, number>();
  const memory = memoryKv();
  const counting: Kv = {
    ...memory,
    write(batch) {
      for (const { key, value } of batch)
        if (value === undefined) stored.delete(toHex(key));
        else stored.set(toHex(key), key.length + value.length);
      return memory.write(batch);
    },
  };
  const store = new Store(counting, SPACES, { ...SIZES, keepRecent: 5, keepEvery: 0 });
  for (let i = 0; i < 400; i++) {
    await advance(store);
    sizes.push([...stored.values()].reduce((sum, bytes) => sum + bytes, 0));
  }
  const most = (from: number, to: number): number => Math.max(...sizes.slice(from, to));
  assert.ok(most(300, 400) < 1.1 * most(100, 200), `${most(100, 200)} bytes, later ${most(300, 400)}`);
});
