import { sha256 } from "#chain/bytes/hash.ts";
import { u64be } from "#chain/bytes/int.ts";
import { toKey } from "#chain/bytes/latin1.ts";
import { StoreError } from "#chain/store/error.ts";
import type { Change, CommitStore, Entry, Staged } from "#chain/store/port.ts";

/** The entries of one space: by key, and their keys in order. */
interface Space {
  readonly entries: Map<string, Entry>;
  readonly order: string[];
}

interface StagedChanges extends Staged {
  readonly changes: readonly Change[];
}

/** The first place whose key is at least this one. */
function placeOf(order: readonly string[], key: string): number {
  let [low, high] = [0, order.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((order[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function put({ entries, order }: Space, { key, value }: Change): void {
  const id = toKey(key);
  const known = entries.get(id);
  if (value) entries.set(id, [known?.[0] ?? key, value]);
  else entries.delete(id);
  if (value && !known) order.splice(placeOf(order, id), 0, id);
  if (!value && known) order.splice(placeOf(order, id), 1);
}

const unknown = (what: string): never => {
  throw new StoreError("height", `a flat store knows no ${what}`);
};

/**
 * An empty store that keeps the last version of its entries in memory and authenticates nothing: no tree, no
 * proofs, no snapshots, no past, and an app hash that says nothing but the height. For simulations of very
 * many blocks, in which the tree is not what is tested.
 */
export function flatStore(): CommitStore {
  const spaces = new Map<string, Space>();
  let last: { readonly height: bigint; readonly appHash: Uint8Array } = { height: 0n, appHash: sha256() };
  const spaceOf = (name: string): Space => {
    const found = spaces.get(name) ?? { entries: new Map(), order: [] };
    spaces.set(name, found);
    return found;
  };
  function* range(name: string, start: Uint8Array, end: Uint8Array | undefined): Iterable<Entry> {
    const { entries, order } = spaceOf(name);
    const to = end && toKey(end);
    for (let at = placeOf(order, toKey(start)); at < order.length; at++) {
      const id = order[at] as string;
      if (to !== undefined && id >= to) return;
      yield entries.get(id) as Entry;
    }
  }
  return {
    get height() {
      return last.height;
    },
    get appHash() {
      return last.appHash;
    },
    get: (name, key, id = toKey(key)) => spaces.get(name)?.entries.get(id)?.[1],
    range,
    rangeReverse: (name, start, end) => [...range(name, start, end)].reverse(),
    roots: () => [],
    prove: () => unknown("proofs"),
    *dump(only) {
      for (const name of [...spaces.keys()].sort((a, b) => (a < b ? -1 : 1)))
        if (only === undefined || only === name)
          for (const [key, value] of range(name, new Uint8Array(0), undefined))
            yield { space: name, key, value };
    },
    stage: (height, changes): StagedChanges => ({
      height,
      appHash: sha256(u64be(height)),
      changes,
    }),
    commit: async (staged) => {
      for (const change of (staged as StagedChanges).changes) put(spaceOf(change.space), change);
      last = staged;
    },
    at: () => undefined,
    restore: () => unknown("snapshots"),
    dropRestoration: async () => undefined,
    close: async () => undefined,
  };
}
