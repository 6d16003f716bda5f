import { toKey } from "#chain/bytes/latin1.ts";
import type { ReadStore } from "./ctx.ts";

/** Entries after which everything is forgotten: some 30 MB. */
const ENTRIES_MAX = 100_000;

/**
 * A store that does not change while this is read, with every entry that was read kept at hand: a block reads
 * the same few again and again, and each of its transactions is looked at several times.
 */
export function rememberingReads(store: ReadStore): ReadStore {
  const spaces = new Map<string, Map<string, Uint8Array | undefined>>();
  let entries = 0;
  const readOf = (space: string): Map<string, Uint8Array | undefined> => {
    let read = spaces.get(space);
    if (read === undefined) {
      read = new Map();
      spaces.set(space, read);
    }
    return read;
  };
  return {
    get: (space, key, id = toKey(key)) => {
      const read = readOf(space);
      const known = read.get(id);
      if (known !== undefined || read.has(id)) return known;
      const value = store.get(space, key, id);
      if (entries >= ENTRIES_MAX) {
        spaces.clear();
        entries = 0;
      }
      readOf(space).set(id, value);
      entries += 1;
      return value;
    },
    range: (space, start, end) => store.range(space, start, end),
  };
}
