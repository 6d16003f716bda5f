import { ClassicLevel } from "classic-level";
import { StoreError } from "./error.ts";
import { END_KEY, FIRST_KEY, HEAD_KEY, placeOf, RESTORING_KEY } from "./keys.ts";
import type { Kv } from "./kv.ts";
import type { NodeStore } from "./port.ts";
import { clearKv } from "./restore.ts";
import { Store, type StoreOptions } from "./store.ts";
import { syncFolder } from "./sync-folder.ts";

/** Blocks of tables that are not mapped into memory: those are read where they lie. */
const BLOCK_CACHE_BYTES = 8 << 20;
/** Two of these are in memory while one is being written to a table. */
const WRITE_BUFFER_BYTES = 32 << 20;
const TABLE_BYTES_MAX = 8 << 20;
/** The least that LevelDB takes: 64 tables open and mapped, half a gigabyte that the kernel may take back. */
const OPEN_FILES_MAX = 74;
const DEFAULTS: StoreOptions = {
  entryCacheBytes: 32 << 20,
  nodeCacheBytes: 160 << 20,
  keepRecent: 100,
};

export type Level = ClassicLevel<Uint8Array, Uint8Array>;

/** As every thread of the process opens it that reads or writes the state. */
export const LEVEL_OPTIONS = {
  keyEncoding: "view",
  valueEncoding: "view",
  cacheSize: BLOCK_CACHE_BYTES,
  writeBufferSize: WRITE_BUFFER_BYTES,
  maxFileSize: TABLE_BYTES_MAX,
  maxOpenFiles: OPEN_FILES_MAX,
  // Most of what is written are hashes.
  compression: false,
} as const;

/**
 * The spaces a disk store serves, and what differs from the defaults: 32 and 160 MiB of caches, the last 100
 * versions kept.
 */
export interface DiskOptions extends Partial<StoreOptions> {
  readonly spaces: readonly string[];
  /** Lets other threads of this process read it too: see `openStoreReader`. */
  readonly shared?: boolean;
}

/**
 * Opens or makes the store in a directory of its own, over LevelDB. Only one process may have it open.
 * StoreError: `open` when the directory is not to be had, `corrupt` when what lies there does not fit
 * together.
 */
export async function openDiskStore(path: string, given: DiskOptions): Promise<NodeStore> {
  const { spaces, shared = false, ...options } = given;
  const kv = await openLevelKv(path, shared);
  try {
    // A snapshot whose restoration did not come to its end.
    if (kv.get(RESTORING_KEY) !== undefined) await clearKv(kv);
    if (kv.get(HEAD_KEY) === undefined) await expectEmpty(kv);
    return new Store(kv, spaces, { ...DEFAULTS, ...options });
  } catch (error) {
    await kv.close();
    throw error;
  }
}

async function expectEmpty(kv: Kv): Promise<void> {
  for await (const _ of kv.entries(FIRST_KEY, END_KEY))
    throw new StoreError("corrupt", "there are entries but no version", placeOf(HEAD_KEY));
}

/** Opens or makes the LevelDB of a directory; StoreError `open` when it is not to be had. */
export async function openLevelKv(path: string, shared = false): Promise<Kv> {
  const level: Level = new ClassicLevel(path, { ...LEVEL_OPTIONS, multithreading: shared });
  try {
    await level.open();
    // LevelDB renames its list of files when it opens and leaves it to luck when the new name is on disk:
    // after a disk broke before the first block, the old name led to a list that was gone.
    await syncFolder(path);
  } catch (cause) {
    await level.close().catch(() => undefined);
    throw new StoreError("open", `cannot open ${path}`, { cause });
  }
  return levelKv(level);
}

/** LevelDB as a flat map, or a snapshot of it, which nothing changes any more. */
export function levelKv(level: Level, snapshot?: ReturnType<Level["snapshot"]>): Kv {
  const options = { snapshot };
  return {
    get(key) {
      try {
        return plain(level.getSync(key, options));
      } catch (cause) {
        throw new StoreError("corrupt", "LevelDB cannot read", { ...placeOf(key), cause });
      }
    },
    async write(batch) {
      // Half the work of a batch given as an array, which is copied twice on its way.
      const chained = level.batch();
      for (const { key, value } of batch)
        if (value === undefined) chained.del(key);
        else chained.put(key, value);
      await chained.write({ sync: true });
    },
    async *entries(start, end) {
      try {
        for await (const [key, value] of level.iterator({ gte: start, lt: end }))
          yield [plain(key) as Uint8Array, plain(value) as Uint8Array] as const;
      } catch (cause) {
        throw new StoreError("corrupt", "LevelDB cannot read", { ...placeOf(start), cause });
      }
    },
    memoryBytes: () => Number(level.getProperty("leveldb.approximate-memory-usage")),
    close: () => level.close(),
  };
}

/** LevelDB gives Buffers, whose slice() shares memory: readers get plain arrays. */
const plain = (found: Uint8Array | undefined): Uint8Array | undefined =>
  found && new Uint8Array(found.buffer, found.byteOffset, found.length);
