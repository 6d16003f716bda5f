import { nodeHasher } from "./digest.ts";
import { StoreError } from "./error.ts";
import { orphansKey, pageKey, UNDO_KEY, versionKey } from "./keys.ts";
import type { Kv } from "./kv.ts";
import type { Child, NodeRef, WholeNode } from "./node.ts";
import { openPage } from "./open.ts";
import { writePage } from "./page.ts";
import type { SnapshotSource } from "./port.ts";
import {
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

/** Puts what a version adds: the pages of its trees, which it gives, and its record. */
export function putVersion(batch: Batch, { previous, next, spaces }: StagedVersion): readonly PutPage[] {
  const pages: PutPage[] = [];
  for (const { space, created } of spaces) {
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

type PageLoad = (ref: NodeRef) => WholeNode;

/** What returns to the version before: the batch and that version. */
export interface Rollback {
  readonly batch: Batch;
  readonly version: Version;
}

/**
 * Prepares the return to the version before the last, whose pages are all there: only those of the last one
 * go. StoreError `undo` where it has been done already.
 */
export function rollbackBatch(kv: Kv, current: Version): Rollback {
  const record = readSealed(kv, UNDO_KEY);
  if (record === undefined) throw new StoreError("undo", `nothing to return to from ${current.height}`);
  const { previous, created } = decodeUndo(UNDO_KEY, record);
  const last = Number(current.height);
  const batch = sealingBatch();
  for (const [space, pages] of created)
    for (let nonce = 1; nonce <= pages; nonce++) batch.delete(pageKey(space, { version: last, nonce }));
  for (const key of [UNDO_KEY, versionKey(last), orphansKey(previous, last)]) batch.delete(key);
  return { batch, version: readVersion(kv, previous) };
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
