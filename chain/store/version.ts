import { toKey } from "#chain/bytes/latin1.ts";
import { type NodeHasher, nodeHasher } from "./digest.ts";
import { StoreError } from "./error.ts";
import { flatKey, orphansKey, pageKey, UNDO_KEY, versionKey } from "./keys.ts";
import type { Kv } from "./kv.ts";
import type { Child, Leaf, NodeRef, Place, Whole, WholeNode } from "./node.ts";
import { openPage } from "./open.ts";
import { readPage, writePage } from "./page.ts";
import type { Change, SnapshotSource } from "./port.ts";
import {
  decodeOrphans,
  decodeUndo,
  decodeVersion,
  emptyVersion,
  encodeOrphans,
  encodeVersion,
  type Version,
} from "./record.ts";
import { type Batch, readSealed, sealingBatch } from "./sealed.ts";
import { snapshotPages } from "./snapshot.ts";
import type { StagedVersion } from "./stage.ts";
import { find } from "./walk.ts";

/** A kept version, 0 for the one before the first; StoreError `corrupt` where it is missing or damaged. */
export function readVersion(kv: Kv, version: number): Version {
  if (version === 0) return emptyVersion;
  const key = versionKey(version);
  const bytes = readSealed(kv, key);
  if (bytes === undefined) throw new StoreError("corrupt", `version ${version} is missing`);
  return decodeVersion(key, bytes);
}

/** A page that a batch puts. */
export interface PutPage {
  readonly space: string;
  readonly ref: NodeRef;
  readonly top: Child;
  readonly stored: Uint8Array;
}

/**
 * Puts what a version adds: flat entries, which readers read, the pages of its trees, which it gives, and its
 * record.
 */
export function putVersion(batch: Batch, { previous, next, spaces }: StagedVersion): readonly PutPage[] {
  const pages: PutPage[] = [];
  for (const { space, changes, created } of spaces) {
    for (const { key, value } of changes) putFlat(batch, space, key, value);
    for (const { ref, top, bytes } of created) {
      const write = (out: Buffer, at: number): number => writePage(out, at, top, "stored");
      pages.push({ space, ref, top, stored: batch.fill(pageKey(space, ref), bytes, write) });
    }
  }
  const [holder, dropper] = [Number(previous.height), Number(next.height)];
  const orphans = spaces.map(({ space, orphans: places }) => ({ space, places }));
  if (holder > 0) batch.put(orphansKey(holder, dropper), encodeOrphans(orphans));
  batch.put(versionKey(dropper), encodeVersion(next));
  return pages;
}

function putFlat(batch: Batch, space: string, key: Uint8Array, value: Uint8Array | undefined): void {
  if (value === undefined) batch.delete(flatKey(space, key));
  else batch.put(flatKey(space, key), value);
}

type PageLoad = (ref: NodeRef) => WholeNode;

/** What returns to the version before: the batch, that version, and what it changes as it is now. */
export interface Rollback {
  readonly batch: Batch;
  readonly version: Version;
  readonly changed: readonly {
    readonly space: string;
    readonly changes: readonly Change[];
    readonly before: readonly (Uint8Array | undefined)[];
  }[];
}

/**
 * Prepares the return to the version before the last. Every entry that differs between the two lies in a
 * page that the last one wrote or dropped, so that nothing but those needs to be looked at; StoreError `undo`
 * where it has been done already.
 */
export function rollbackBatch(kv: Kv, hasher: NodeHasher, current: Version): Rollback {
  const record = readSealed(kv, UNDO_KEY);
  if (record === undefined) throw new StoreError("undo", `nothing to return to from ${current.height}`);
  const { previous, created } = decodeUndo(UNDO_KEY, record);
  const last = Number(current.height);
  const version = readVersion(kv, previous);
  const orphansAt = orphansKey(previous, last);
  const dropped = readSealed(kv, orphansAt);
  const orphans = new Map(
    (dropped === undefined ? [] : decodeOrphans(orphansAt, dropped)).map(({ space, places }) => [
      space,
      places,
    ]),
  );
  const batch = sealingBatch();
  const changed = [...created].map(([space, pages]) => {
    const written = Array.from({ length: pages }, (_, i): Place => ({ version: last, nonce: i + 1 }));
    const leaves = leavesOf(kv, hasher, space, [...written, ...(orphans.get(space) ?? [])]);
    const load = remembering((ref) => openPage(kv, hasher, space, ref).top);
    const changes: Change[] = [];
    const before: (Uint8Array | undefined)[] = [];
    for (const { key } of leaves) {
      const value = find(version.roots.get(space), load, key);
      putFlat(batch, space, key, value);
      changes.push({ space, key, value });
      before.push(find(current.roots.get(space), load, key));
    }
    for (const place of written) batch.delete(pageKey(space, place));
    return { space, changes, before };
  });
  for (const key of [UNDO_KEY, versionKey(last), orphansAt]) batch.delete(key);
  return { batch, version, changed };
}

/** Opens every page once. */
function remembering(load: PageLoad): PageLoad {
  const opened = new Map<string, WholeNode>();
  return (ref) => {
    const id = `${ref.version}/${ref.nonce}`;
    const top = opened.get(id) ?? load(ref);
    opened.set(id, top);
    return top;
  };
}

/** The entries in some pages, each key once. */
function leavesOf(kv: Kv, hasher: NodeHasher, space: string, places: readonly Place[]): Iterable<Leaf> {
  const found = new Map<string, Leaf>();
  const collect = (child: Whole): void => {
    if (child.kind === "leaf") found.set(toKey(child.key), child);
    if (child.kind !== "inner") return;
    collect(child.left);
    collect(child.right);
  };
  for (const place of places) {
    const key = pageKey(space, place);
    const bytes = readSealed(kv, key);
    if (bytes === undefined) throw new StoreError("corrupt", "a page is missing", { space, key });
    collect(readPage(bytes, hasher));
  }
  return found.values();
}

/** A version's pages for a snapshot; `check` throws when the map may no longer be read. */
export function snapshotSource(
  kv: Kv,
  height: number,
  check: () => void,
  release: () => void,
): SnapshotSource {
  const version = readVersion(kv, height);
  const hasher = nodeHasher();
  const load =
    (space: string): PageLoad =>
    (ref) => {
      check();
      return openPage(kv, hasher, space, ref).top;
    };
  return { version, pages: () => snapshotPages(version, load), release };
}
