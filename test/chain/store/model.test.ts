import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { equalBytes } from "#chain/bytes/compare.ts";
import { u32be } from "#chain/bytes/int.ts";
import { toKey } from "#chain/bytes/latin1.ts";
import { openDiskStore } from "#chain/store/disk.ts";
import { memoryStore } from "#chain/store/memory.ts";
import type { Change, CommitStore, Entry, NodeStore } from "#chain/store/port.ts";
import { changesAt, SPACES, sorted, withFolder } from "./kit.ts";

type Model = ReadonlyMap<string, ReadonlyMap<string, Change>>;

const key = fc.uint8Array({ minLength: 1, maxLength: 2, max: 20 });
const change: fc.Arbitrary<Change> = fc.record({
  space: fc.constantFrom(...SPACES),
  key,
  value: fc.option(fc.uint8Array({ minLength: 1, maxLength: 8 }), { nil: undefined, freq: 2 }),
});
const blocks = fc.array(fc.array(change, { maxLength: 40 }), { minLength: 1, maxLength: 12 });

function apply(model: Model, changes: readonly Change[]): Model {
  const next = new Map(SPACES.map((space) => [space, new Map(model.get(space))]));
  for (const one of changes)
    if (one.value === undefined) next.get(one.space)?.delete(toKey(one.key));
    else next.get(one.space)?.set(toKey(one.key), one);
  return next;
}

function slice(model: Model, space: string, start: Uint8Array, end: Uint8Array | undefined): Entry[] {
  const from = toKey(start);
  const to = end && toKey(end);
  return [...(model.get(space) ?? [])]
    .filter(([id]) => id >= from && (to === undefined || id < to))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { key, value }]) => [key, value as Uint8Array]);
}

function agrees(store: NodeStore, model: Model, probes: readonly Uint8Array[]): void {
  for (const space of SPACES) {
    for (const probe of probes) {
      const expected = model.get(space)?.get(toKey(probe))?.value;
      const found = store.get(space, probe);
      assert.ok(found === expected || (found && expected && equalBytes(found, expected)));
    }
    const [start, end] = [probes[0] as Uint8Array, probes[1]];
    const ascending = slice(model, space, start, end);
    assert.deepEqual([...store.range(space, start, end)], ascending);
    assert.deepEqual([...store.rangeReverse(space, start, end)], ascending.reverse());
    const all = slice(model, space, new Uint8Array(), undefined);
    assert.deepEqual([...store.range(space, new Uint8Array(), undefined)], all);
  }
}

test("a store in memory holds what a sorted map holds", async () => {
  const probes = fc.array(key, { minLength: 2, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(blocks, probes, async (chain, asked) => {
      const store = memoryStore({ spaces: SPACES });
      let model: Model = new Map();
      for (const block of chain) {
        const changes = sorted(block);
        await store.commit(store.stage(store.height + 1n, changes));
        model = apply(model, changes);
        agrees(store, model, asked);
      }
    }),
    { numRuns: 150 },
  );
});

test("a store on disk has the entries and hashes of one in memory, through reopenings", async () => {
  await withFolder(async (folder) => {
    let disk: NodeStore = await openDiskStore(folder, { spaces: SPACES });
    const memory = memoryStore({ spaces: SPACES });
    let model: Model = new Map();
    for (let height = 1n; height <= 60n; height++) {
      const changes = changesAt(height);
      for (const store of [disk, memory]) await store.commit(store.stage(height, changes));
      model = apply(model, changes);
      assert.deepEqual(disk.appHash, memory.appHash);
      if (height % 7n === 0n) {
        await disk.close();
        // Caches of no size: every read reaches the disk.
        const sizes = height % 2n === 0n ? { entryCacheBytes: 0, nodeCacheBytes: 0 } : {};
        disk = await openDiskStore(folder, { spaces: SPACES, ...sizes });
        assert.equal(disk.height, height);
        assert.deepEqual(disk.appHash, memory.appHash);
      }
      agrees(disk, model, [Uint8Array.of(107, 3), Uint8Array.of(107, 200), Uint8Array.of(9)]);
    }
    await disk.close();
  });
});

test("the hash depends on what was committed alone, not on what was staged and dropped", async () => {
  const one: CommitStore = memoryStore({ spaces: SPACES });
  const other: CommitStore = memoryStore({ spaces: SPACES });
  for (let height = 1n; height <= 20n; height++) {
    await one.commit(one.stage(height, changesAt(height)));
    other.stage(height, changesAt(height + 1000n));
    const first = other.stage(height, changesAt(height));
    const again = other.stage(height, changesAt(height));
    assert.deepEqual(first.appHash, again.appHash);
    await other.commit(again);
    assert.deepEqual(one.appHash, other.appHash);
  }
});

test("a version of 30,000 changes is written and undone", async () => {
  const store = memoryStore({ spaces: ["bank"] });
  const keys = Array.from({ length: 30_000 }, (_, i) => u32be(i));
  await store.commit(
    store.stage(
      1n,
      keys.map((key) => ({ space: "bank", key, value: key })),
    ),
  );
  const before = store.appHash;
  await store.commit(
    store.stage(
      2n,
      keys.map((key) => ({ space: "bank", key, value: undefined })),
    ),
  );
  assert.deepEqual([...store.dump()], []);
  await store.rollback();
  assert.deepEqual(store.appHash, before);
  assert.equal([...store.dump()].length, 30_000);
});
