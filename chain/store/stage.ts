import { compareBytes, equalBytes } from "#chain/bytes/compare.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { multistoreHash } from "#chain/merkle/multistore.ts";
import { StoreError } from "./error.ts";
import type { NodeRef } from "./node.ts";
import { type Change, HEIGHT_MAX, KEY_BYTES_MAX, type Staged, VALUE_BYTES_MAX } from "./port.ts";
import { type Head, namedRoots, type Orphan, type Undo } from "./record.ts";
import { draftTree, type Load, type NewNode } from "./tree.ts";

/** The next version with all that a commit writes. */
export interface StagedVersion extends Staged {
  readonly next: Head;
  readonly changes: readonly Change[];
  readonly created: readonly (readonly [space: string, nodes: readonly NewNode[]])[];
  readonly undo: Undo;
}

/** What a staging reads. */
export interface Base {
  readonly head: Head;
  get(space: string, key: Uint8Array): Uint8Array | undefined;
  load(space: string): Load;
}

/** Computes the version after the head. A change that writes what is there already is no change. */
export function stageVersion(base: Base, height: bigint, changes: readonly Change[]): StagedVersion {
  checkHeight(base.head.height, height);
  checkChanges(changes);
  const entries: Change[] = [];
  const made: Change[] = [];
  for (const change of changes) {
    const before = base.get(change.space, change.key);
    if (same(before, change.value)) continue;
    entries.push({ space: change.space, key: change.key, value: before });
    made.push(change);
  }
  const roots = new Map(base.head.roots);
  const created: (readonly [string, readonly NewNode[]])[] = [];
  const orphans: Orphan[] = [];
  for (const [space, own] of bySpace(made)) {
    const draft = draftTree(roots.get(space), base.load(space));
    for (const { key, value } of own)
      if (value === undefined) draft.remove(key);
      else draft.set(key, value);
    const tree = draft.finish(Number(height));
    if (tree.root === undefined) roots.delete(space);
    else roots.set(space, tree.root);
    created.push([space, tree.created]);
    for (const { version, nonce } of tree.orphans) orphans.push({ space, version, nonce });
  }
  const sorted = sortedByName(roots);
  const next: Head = { height, appHash: multistoreHash(namedRoots(sorted)), roots: sorted };
  const counts = created.map(([space, nodes]) => [space, nodes.length] as const);
  const undo: Undo = { previous: base.head, entries, created: counts, orphans };
  return { height, appHash: next.appHash, next, changes: made, created, undo };
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
