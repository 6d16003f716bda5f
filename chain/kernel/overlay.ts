import { fromKey, toKey } from "#chain/bytes/latin1.ts";
import type { ReadStore, WriteStore } from "./ctx.ts";
import { assert } from "./error.ts";

/** One written or deleted key; `value` undefined deletes. */
export interface Change {
  readonly space: string;
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
}

/** Unwritten changes over a store that stays as it is: a savepoint when kept, nothing when dropped. */
export interface Overlay extends WriteStore {
  /** Writes the changes into a store, in (space, key) order. */
  applyTo(store: WriteStore): void;
  /** The changes in (space, key) order, each key once. */
  changes(): readonly Change[];
  /** Takes in the changes of one that lies over it, by space and key. */
  absorb(changes: ReadonlyMap<string, ReadonlyMap<string, Uint8Array | undefined>>): void;
}

type Entry = readonly [Uint8Array, Uint8Array];
type Local = Map<string, Uint8Array | undefined>;

const isOverlay = (store: WriteStore): store is Overlay => "absorb" in store;

function ascending(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Merges sorted base entries with local changes; a local entry hides the base entry of its key. */
function* merged(
  base: Iterable<Entry>,
  local: readonly (readonly [string, Uint8Array | undefined])[],
): Iterable<Entry> {
  let at = 0;
  for (const entry of base) {
    const key = toKey(entry[0]);
    for (; at < local.length; at++) {
      const [localKey, value] = local[at] as (typeof local)[number];
      if (localKey >= key) break;
      if (value) yield [fromKey(localKey), value];
    }
    const hiding = local[at];
    if (hiding?.[0] !== key) yield entry;
  }
  for (; at < local.length; at++) {
    const [localKey, value] = local[at] as (typeof local)[number];
    if (value) yield [fromKey(localKey), value];
  }
}

export function overlay(base: ReadStore): Overlay {
  const spaces = new Map<string, Local>();
  const localOf = (space: string): Local => {
    let local = spaces.get(space);
    if (local === undefined) {
      local = new Map();
      spaces.set(space, local);
    }
    return local;
  };
  const changes = (): readonly Change[] => {
    const out: Change[] = [];
    for (const [space, local] of [...spaces].sort(([a], [b]) => ascending(a, b)))
      for (const [key, value] of [...local].sort(([a], [b]) => ascending(a, b)))
        out.push({ space, key: fromKey(key), value });
    return out;
  };
  return {
    get: (space, key, id = toKey(key)) => {
      const local = spaces.get(space);
      const value = local?.get(id);
      return value !== undefined || local?.has(id) ? value : base.get(space, key, id);
    },
    range: (space, start, end) => {
      const from = toKey(start);
      const to = end && toKey(end);
      // The local part is copied first, so that writes during a walk cannot disturb it.
      const local = [...(spaces.get(space) ?? [])]
        .filter(([key]) => key >= from && (to === undefined || key < to))
        .sort(([a], [b]) => ascending(a, b));
      if (local.length === 0) return base.range(space, start, end);
      return merged(base.range(space, start, end), local);
    },
    set: (space, key, value, id = toKey(key)) => {
      // ICS-23 knows no proof of an empty value.
      assert(value.length > 0, `empty value in ${space}`);
      localOf(space).set(id, value);
    },
    delete: (space, key, id = toKey(key)) => void localOf(space).set(id, undefined),
    changes,
    absorb: (above) => {
      for (const [space, changed] of above) {
        const local = localOf(space);
        for (const [id, value] of changed) local.set(id, value);
      }
    },
    applyTo: (store) => {
      // Most savepoints lie over another: what holds its changes by key needs none of them in order.
      if (isOverlay(store)) {
        store.absorb(spaces);
        return;
      }
      for (const { space, key, value } of changes())
        if (value) store.set(space, key, value);
        else store.delete(space, key);
    },
  };
}
