import { toKey } from "#chain/bytes/latin1.ts";
import type { Kv } from "./kv.ts";
import type { NodeStore } from "./port.ts";
import { type CacheSizes, Store } from "./store.ts";

/** A flat map in memory; it writes at once. */
export function memoryKv(): Kv {
  const map = new Map<string, Uint8Array>();
  return {
    get: (key) => map.get(toKey(key)),
    write(batch) {
      for (const { key, value } of batch)
        if (value === undefined) map.delete(toKey(key));
        else map.set(toKey(key), value);
      return undefined;
    },
    close: () => Promise.resolve(),
  };
}

// Everything is in memory already; the caches only save decoding.
const SIZES: CacheSizes = { entryCacheBytes: 1 << 22, nodeCacheBytes: 1 << 24 };

/** An empty store in memory with the same hashes as one on disk, for tests and simulations. */
export const memoryStore = (options: { readonly spaces: readonly string[] }): NodeStore =>
  new Store(memoryKv(), options.spaces, SIZES);
