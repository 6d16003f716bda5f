import { ClassicLevel } from "classic-level";
import { equalBytes } from "#chain/bytes/compare.ts";
import { type DiskOptions, LEVEL_OPTIONS, type Level, levelKv } from "./disk.ts";
import { StoreError } from "./error.ts";
import { HEAD_KEY } from "./keys.ts";
import type { Kv } from "./kv.ts";
import type { NodeStore } from "./port.ts";
import { Store } from "./store.ts";

/** Reads a store that another thread of this process has open and goes on writing. */
export interface StoreReader {
  /**
   * The version committed last, as it will stay: what is committed or pruned afterwards is not seen through
   * it. It serves until the next call gives another one, and cannot be written to.
   */
  latest(): NodeStore;
  close(): Promise<void>;
}

/** A reader's own store must not write beside the one that owns the state. */
const refuse = (): never => {
  throw new StoreError("closed", "the store is open for reading only");
};

const CACHES = { entryCacheBytes: 8 << 20, nodeCacheBytes: 32 << 20 };

/**
 * Opens a store for reading in a second thread, over snapshots of the same LevelDB: its reads wait for no
 * other thread's and hold none up. StoreError `open` or `corrupt`.
 */
export async function openStoreReader(path: string, options: DiskOptions): Promise<StoreReader> {
  const level: Level = new ClassicLevel(path, {
    ...LEVEL_OPTIONS,
    createIfMissing: false,
    multithreading: true,
  });
  try {
    await level.open();
  } catch (cause) {
    throw new StoreError("open", `cannot open ${path}`, { cause });
  }
  const heads = levelKv(level);
  const { spaces, ...rest } = options;
  let head: Uint8Array | undefined;
  let snapshot: ReturnType<Level["snapshot"]> | undefined;
  let store: NodeStore | undefined;

  const open = (): NodeStore => {
    const before = snapshot;
    snapshot = level.snapshot();
    const kv: Kv = { ...levelKv(level, snapshot), write: refuse };
    head = kv.get(HEAD_KEY);
    store = new Store(kv, spaces, { ...CACHES, ...rest });
    void before?.close();
    return store;
  };
  return {
    latest() {
      const now = heads.get(HEAD_KEY);
      const isSame = now === undefined ? head === undefined : head !== undefined && equalBytes(now, head);
      return store !== undefined && isSame ? store : open();
    },
    async close() {
      await snapshot?.close();
      await level.close();
    },
  };
}
