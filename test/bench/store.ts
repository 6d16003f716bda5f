import { join } from "node:path";
import { compareBytes } from "#chain/bytes/compare.ts";
import { concat } from "#chain/bytes/concat.ts";
import { sha256 } from "#chain/bytes/hash.ts";
import { u32be } from "#chain/bytes/int.ts";
import { openDiskStore } from "#chain/store/disk.ts";
import { memoryStore } from "#chain/store/memory.ts";
import type { Change, CommitStore } from "#chain/store/port.ts";
import { type Effort, perSecond, ratePerSecond, withFolder } from "./measure.ts";

const SPACE = "bench";
const SPACES = { spaces: [SPACE] };
const VALUE_BYTES = 64;
/** Versions, and the new entries of each, about what a full block of sends writes. */
const SIZES = { full: { versions: 20, changes: 1000 }, quick: { versions: 3, changes: 100 } };
const WALKED_MAX = 20_000;

const keyOf = (index: number): Uint8Array => concat(Uint8Array.of(1), sha256(u32be(index)));

/** The changes of one version: new entries at random places of the tree, in key order. */
function changesOf(version: number, count: number): Change[] {
  const value = new Uint8Array(VALUE_BYTES).fill(version + 1);
  return Array.from({ length: count }, (_, i) => ({
    space: SPACE,
    key: keyOf(version * count + i),
    value,
  })).sort((a, b) => compareBytes(a.key, b.key));
}

/** Stages and commits every version; the time is that of the store, without making the changes. */
async function writeAll(store: CommitStore, { versions, changes }: (typeof SIZES)[Effort]): Promise<number> {
  let ms = 0;
  for (let version = 0; version < versions; version++) {
    const made = changesOf(version, changes);
    const startMs = performance.now();
    await store.commit(store.stage(BigInt(version + 1), made));
    ms += performance.now() - startMs;
  }
  return perSecond(versions * changes, ms);
}

function walk(store: CommitStore): number {
  let entries = 0;
  const startMs = performance.now();
  for (const _ of store.range(SPACE, new Uint8Array(0), undefined)) if (++entries === WALKED_MAX) break;
  return perSecond(entries, performance.now() - startMs);
}

/**
 * Entries a second through the authenticated store: new ones staged and committed in versions of 1,000 with
 * one synced batch each, on disk and in memory; read one by one from disk and from the cache; walked in key
 * order from the cold tree and the warm one.
 */
export function benchStore(effort: Effort): Promise<{
  readonly writesPerSecond: number;
  readonly memoryWritesPerSecond: number;
  readonly coldGetsPerSecond: number;
  readonly warmGetsPerSecond: number;
  readonly coldRangePerSecond: number;
  readonly warmRangePerSecond: number;
}> {
  const size = SIZES[effort];
  const keys = Array.from({ length: size.versions * size.changes }, (_, i) => keyOf(i));
  return withFolder(async (folder) => {
    const path = join(folder, "state");
    const written = await openDiskStore(path, SPACES);
    const writesPerSecond = await writeAll(written, size).finally(() => written.close());
    const memoryWritesPerSecond = await writeAll(memoryStore(SPACES), size);
    const store = await openDiskStore(path, SPACES);
    try {
      const gets = (): number =>
        ratePerSecond(keys.length, (i) => {
          if (store.get(SPACE, keys[i] as Uint8Array)?.length !== VALUE_BYTES)
            throw new Error("an entry is gone");
        });
      return {
        ...{ writesPerSecond, memoryWritesPerSecond },
        ...{ coldGetsPerSecond: gets(), warmGetsPerSecond: gets() },
        ...{ coldRangePerSecond: walk(store), warmRangePerSecond: walk(store) },
      };
    } finally {
      await store.close();
    }
  });
}
