import { HEAD_KEY, OLDER_KEY, orphansKey, pageKey, versionKey } from "./keys.ts";
import type { Kv } from "./kv.ts";
import type { Place } from "./node.ts";
import {
  decodeHead,
  decodeOlder,
  decodeOrphans,
  encodeOrphans,
  type History,
  type SpaceOrphans,
} from "./record.ts";
import { type Batch, readSealed } from "./sealed.ts";

/** Which versions to keep: the last few, and every so many-th for good. */
export interface Policy {
  /** At least 2, so that the last version can always be undone. */
  readonly keepRecent: number;
  /** 0 for none. */
  readonly keepEvery: number;
}

/** Versions that one commit prunes at most, so that another policy does not stop a block. */
const PRUNED_MAX = 2;

/** The history that a map holds. */
export function readHistory(kv: Kv): History {
  const head = readSealed(kv, HEAD_KEY);
  const older = readSealed(kv, OLDER_KEY);
  const bounds = head === undefined ? { last: 0, from: 0 } : decodeHead(HEAD_KEY, head);
  return { ...bounds, older: older === undefined ? [] : decodeOlder(OLDER_KEY, older) };
}

/** Whether a version is kept. */
export const isKept = ({ older, from, last }: History, version: number): boolean =>
  version > 0 && ((version >= from && version <= last) || older.includes(version));

/** The heights that are kept, ascending. */
export function* keptVersions({ older, from, last }: History): Generator<bigint> {
  for (const version of older) yield BigInt(version);
  for (let version = from; version <= last && version > 0; version++) yield BigInt(version);
}

/** Versions that somebody reads and that must not be pruned. */
export interface Pins {
  /** Gives what lets the version go again. */
  add(version: number): () => void;
  /** The lowest one; the largest integer where there is none. */
  lowest(): number;
}

/** No pins. */
export function pins(): Pins {
  const held = new Map<object, number>();
  return {
    add(version) {
      const token = {};
      held.set(token, version);
      return () => void held.delete(token);
    },
    lowest: () => [...held.values()].reduce((a, b) => Math.min(a, b), Number.MAX_SAFE_INTEGER),
  };
}

/** The history after one more version, before anything is pruned. */
export const extended = ({ last, from, older }: History, next: number): History => ({
  last: next,
  from: last === 0 ? next : from,
  older,
});

/**
 * Prunes what the policy no longer keeps, but nothing from `pinned` on. A page goes when the last kept
 * version that needs it goes; where an older kept one needs it too, that one holds it from then on. So each
 * page is looked at once for every kept version that holds it, and the cost of a commit does not grow.
 */
export function prune(kv: Kv, batch: Batch, history: History, policy: Policy, pinned: number): History {
  const { last } = history;
  let { from, older } = history;
  const target = Math.min(last - policy.keepRecent + 1, pinned);
  const gone = older.findIndex((version) => policy.keepEvery === 0 || version % policy.keepEvery !== 0);
  const version = older[gone];
  if (version !== undefined && version < pinned) {
    drop(kv, batch, version, older[gone - 1] ?? 0, older[gone + 1] ?? from);
    older = older.filter((each) => each !== version);
  }
  // Only now, since these leave pages to older versions.
  for (let pruned = 0; pruned < PRUNED_MAX && from < target; pruned++, from++) {
    if (policy.keepEvery > 0 && from % policy.keepEvery === 0) older = [...older, from];
    else drop(kv, batch, from, older.at(-1) ?? 0, from + 1);
  }
  return { last, from, older };
}

/** Drops a version that lies between two kept ones; before the first lies 0. */
function drop(kv: Kv, batch: Batch, version: number, before: number, after: number): void {
  batch.delete(versionKey(version));
  for (let dropper = version + 1; dropper <= after; dropper++) {
    const key = orphansKey(version, dropper);
    const bytes = readSealed(kv, key);
    if (bytes === undefined) continue;
    batch.delete(key);
    const held: SpaceOrphans[] = [];
    for (const { space, places } of decodeOrphans(key, bytes)) {
      const needed: Place[] = [];
      for (const place of places)
        if (place.version > before) batch.delete(pageKey(space, place));
        else needed.push(place);
      if (needed.length > 0) held.push({ space, places: needed });
    }
    if (held.length > 0) batch.put(orphansKey(before, dropper), encodeOrphans(held));
  }
}
