import assert from "node:assert/strict";
import test from "node:test";
import { toHex } from "#chain/bytes/hex.ts";
import { openDiskStore } from "#chain/store/disk.ts";
import { StoreError } from "#chain/store/error.ts";
import type { Kv } from "#chain/store/kv.ts";
import { memoryKv, memoryStore } from "#chain/store/memory.ts";
import { Store } from "#chain/store/store.ts";
import { verifyStore } from "#chain/store/verify.ts";
import { advance, changesAt, contents, SPACES, withFolder } from "./kit.ts";

const SIZES = { entryCacheBytes: 1 << 16, nodeCacheBytes: 1 << 16 };
const failure = (kind: string) => (error: unknown) => error instanceof StoreError && error.kind === kind;

test("a rollback returns to the version before, on which another version then follows", async () => {
  await withFolder(async (folder) => {
    const disk = await openDiskStore(folder, { spaces: SPACES });
    for (let i = 0; i < 9; i++) await advance(disk);
    const before = { hash: disk.appHash, contents: contents(disk) };
    await advance(disk);
    const after = { hash: disk.appHash, contents: contents(disk) };
    await disk.rollback();
    assert.equal(disk.height, 9n);
    assert.deepEqual({ hash: disk.appHash, contents: contents(disk) }, before);
    await disk.close();
    const again = await openDiskStore(folder, { spaces: SPACES });
    assert.deepEqual({ hash: again.appHash, contents: contents(again) }, before);
    await advance(again, changesAt(77n));
    assert.notDeepEqual(again.appHash, after.hash);
    await again.rollback();
    await advance(again);
    assert.deepEqual({ hash: again.appHash, contents: contents(again) }, after);
    await advance(again);
    await again.close();
  });
});

test("the first version can be rolled back to nothing", async () => {
  const store = memoryStore({ spaces: SPACES });
  const empty = store.appHash;
  await advance(store);
  await store.rollback();
  assert.equal(store.height, 0n);
  assert.deepEqual(store.appHash, empty);
  assert.deepEqual(contents(store), []);
});

test("only the last version can be rolled back", async () => {
  const store = memoryStore({ spaces: SPACES });
  assert.throws(() => store.rollback(), failure("undo"));
  await advance(store);
  await advance(store);
  await store.rollback();
  assert.throws(() => store.rollback(), failure("undo"));
});

test("entries and pages that no version needs any more leave the disk", async () => {
  const kept = new Set<string>();
  const memory = memoryKv();
  const counting: Kv = {
    ...memory,
    write(batch) {
      for (const { key, value } of batch)
        if (value === undefined) kept.delete(toHex(key));
        else kept.add(toHex(key));
      return memory.write(batch);
    },
  };
  const store = new Store(counting, SPACES, SIZES);
  for (let i = 0; i < 60; i++) await advance(store);
  const { entries, pages, strayPages } = await verifyStore(counting);
  assert.equal(entries, contents(store).length);
  assert.equal(strayPages, 0);
  // Two versions and what the later one dropped; the head and the undo.
  assert.equal(kept.size, pages + 5);
  const all = [...store.dump()].map(({ space, key, value }) => ({ space, key, value }));
  await advance(
    store,
    all.map(({ space, key }) => ({ space, key, value: undefined })),
  );
  for (const _ of [1, 2]) await advance(store, []);
  assert.equal(kept.size, 5);
});
