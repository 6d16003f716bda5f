import { compareBytes } from "#chain/bytes/compare.ts";
import { fromKey, toKey } from "#chain/bytes/latin1.ts";
import type { Kv } from "./kv.ts";
import type { NodeStore } from "./port.ts";
import { Store, type StoreOptions } from "./store.ts";

/** A flat map in memory; it writes at once. */
export function memoryKv(): Kv {
  const map = new Map<string, Uint8Array>();
  return {
    get: (key) => map.get(toKey(key)),
    write(batch) {
      for (const { key, value } of batch)
        if (value === undefined) map.delete(toKey(key));
        else map.set(toKey(key), Uint8Array.from(value));
      return undefined;
    },
    async *entries(start, end) {
      const [from, to] = [toKey(start), toKey(end)];
      const found = [...map].filter(([key]) => key >= from && key < to);
      const sorted = found.map(([key, value]) => [fromKey(key), value] as const);
      yield* sorted.sort(([a], [b]) => compareBytes(a, b));
    },
    close: () => Promise.resolve(),
  };
}

// Everything is in memory already; the caches only save decoding.
const DEFAULTS: StoreOptions = { entryCacheBytes: 1 << 22, nodeCacheBytes: 1 << 24 };

/** What a store in memory serves, and what differs from the defaults: it keeps two versions. */
export interface MemoryOptions extends Partial<StoreOptions> {
  readonly spaces: readonly string[];
}

/** An empty store in memory with the same hashes as one on disk, for tests and simulations. */
export const memoryStore = ({ spaces, ...options }: MemoryOptions): NodeStore =>
  new Store(memoryKv(), spaces, { ...DEFAULTS, ...options });
