/** A bounded map that forgets what was not used lately. */
export interface Cache<V> {
  get(key: string): V | undefined;
  set(key: string, value: V, bytes: number): void;
  clear(): void;
}

/**
 * A cache of about `bytesMax` bytes in two generations: what the young one holds when it has half of them
 * becomes the old one, and the old one's unused entries go. Cheaper than exact least-recently-used order.
 */
export function boundedCache<V>(bytesMax: number): Cache<V> {
  const half = bytesMax >>> 1;
  let young = new Map<string, { value: V; bytes: number }>();
  let old = young;
  let youngBytes = 0;
  const insert = (key: string, entry: { value: V; bytes: number }): void => {
    if (youngBytes >= half) {
      old = young;
      young = new Map();
      youngBytes = 0;
    }
    young.set(key, entry);
    youngBytes += entry.bytes;
  };
  return {
    get(key) {
      const hit = young.get(key);
      if (hit !== undefined) return hit.value;
      const aged = old.get(key);
      if (aged === undefined) return undefined;
      insert(key, aged);
      return aged.value;
    },
    set: (key, value, bytes) => insert(key, { value, bytes }),
    clear() {
      young = new Map();
      old = young;
      youngBytes = 0;
    },
  };
}
