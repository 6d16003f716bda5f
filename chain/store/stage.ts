import { compareBytes, equalBytes } from "#chain/bytes/compare.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { multistoreHash } from "#chain/merkle/multistore.ts";
import type { NodeHasher } from "./digest.ts";
import { StoreError } from "./error.ts";
import type { Load, NodeRef, Place } from "./node.ts";
import { type Change, HEIGHT_MAX, KEY_BYTES_MAX, type Staged, VALUE_BYTES_MAX } from "./port.ts";
import { namedRoots, type Version } from "./record.ts";
import { draftTree, type NewPage } from "./tree.ts";

/** One space's part of a version. */
export interface StagedSpace {
  readonly space: string;
  readonly changes: readonly Change[];
  readonly created: readonly NewPage[];
  readonly orphans: readonly Place[];
}

/** The next version with all that a commit writes. */
export interface StagedVersion extends Staged {
  readonly previous: Version;
  readonly next: Version;
  readonly spaces: readonly StagedSpace[];
}

/** What a staging reads. */
export interface Base {
  readonly version: Version;
  readonly hasher: NodeHasher;
  load(space: string): Load;
}

/** Computes the version after the last. A change that writes what is there already is no change. */
export function stageVersion(base: Base, height: bigint, changes: readonly Change[]): StagedVersion {
  checkHeight(base.version.height, height);
  checkChanges(changes);
  const roots = new Map(base.version.roots);
  const spaces: StagedSpace[] = [];
  for (const [space, own] of bySpace(changes)) {
    const [staged, root] = stageSpace(base, space, Number(height), own);
    if (staged.changes.length === 0) continue;
    if (root === undefined) roots.delete(space);
    else roots.set(space, root);
    spaces.push(staged);
  }
  const sorted = sortedByName(roots);
  const next: Version = { height, appHash: multistoreHash(namedRoots(sorted)), roots: sorted };
  return { height, appHash: next.appHash, next, previous: base.version, spaces };
}

function stageSpace(
  base: Base,
  space: string,
  version: number,
  changes: readonly Change[],
): readonly [StagedSpace, NodeRef | undefined] {
  const draft = draftTree(base.version.roots.get(space), base.load(space), base.hasher);
  const made: Change[] = [];
  for (const change of changes) {
    const { key, value } = change;
    const was = value === undefined ? draft.remove(key) : draft.set(key, value);
    if (!same(was, value)) made.push(change);
  }
  const { root, created, orphans } = draft.finish(version);
  return [{ space, changes: made, created, orphans }, root];
}

const same = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a === undefined || b === undefined ? a === b : equalBytes(a, b);

const sortedByName = (roots: ReadonlyMap<string, NodeRef>): ReadonlyMap<string, NodeRef> =>
  new Map([...roots].sort(([a], [b]) => compareBytes(utf8(a), utf8(b))));

function bySpace(changes: readonly Change[]): ReadonlyMap<string, readonly Change[]> {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    const group = groups.get(change.space);
    if (group === undefined) groups.set(change.space, [change]);
    else group.push(change);
  }
  return groups;
}

function checkHeight(last: bigint, height: bigint): void {
  const inTurn = last === 0n ? height > 0n : height === last + 1n;
  if (!inTurn || height > HEIGHT_MAX) throw new StoreError("height", `height ${height} after ${last}`);
}

function checkChanges(changes: readonly Change[]): void {
  let last: Change | undefined;
  for (const change of changes) {
    const { space, key, value } = change;
    if (key.length === 0 || key.length > KEY_BYTES_MAX)
      throw new StoreError("limit", `key of ${key.length} bytes`, { space, key });
    if (value !== undefined && (value.length === 0 || value.length > VALUE_BYTES_MAX))
      throw new StoreError("limit", `value of ${value.length} bytes`, { space, key });
    if (last !== undefined && order(last, change) >= 0)
      throw new StoreError("order", "changes are not sorted and unique", { space, key });
    last = change;
  }
}

function order(a: Change, b: Change): number {
  if (a.space !== b.space) return compareBytes(utf8(a.space), utf8(b.space));
  return compareBytes(a.key, b.key);
}
