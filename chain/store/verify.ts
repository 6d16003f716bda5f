import { compareBytes, equalBytes } from "#chain/bytes/compare.ts";
import { type NodeHasher, nodeHasher } from "./digest.ts";
import { StoreError } from "./error.ts";
import { keptVersions, readHistory } from "./history.ts";
import { END_KEY, FIRST_KEY, HEAD_KEY, isPageKey, pageId, placeOf } from "./keys.ts";
import type { Kv } from "./kv.ts";
import type { NodeRef, Whole } from "./node.ts";
import { openPage } from "./open.ts";
import { unseal } from "./sealed.ts";
import { readVersion } from "./version.ts";

/** What a sound store holds. */
export interface StoreReport {
  readonly height: bigint;
  readonly appHash: Uint8Array;
  /** Versions that can be read. */
  readonly versions: number;
  /** Entries of the last one. */
  readonly entries: number;
  /** Pages of all versions together. */
  readonly pages: number;
  /** Pages that no version needs: lost space, no harm. */
  readonly strayPages: number;
}

/** First and last key of a subtree. */
interface Bounds {
  readonly first: Uint8Array;
  readonly last: Uint8Array;
}

interface Walking {
  readonly kv: Kv;
  readonly hasher: NodeHasher;
  readonly seen: Map<string, Bounds>;
}

/**
 * Reads everything a store holds: every page of every kept version against its hash, its order and the keys
 * by which it branches, and every app hash against its roots. StoreError `corrupt` names the space and the
 * first key that differs.
 */
export async function verifyStore(kv: Kv): Promise<StoreReport> {
  const history = readHistory(kv);
  const { last } = history;
  if (last === 0) throw new StoreError("corrupt", "there is no version", placeOf(HEAD_KEY));
  const heights = [...keptVersions(history)].map(Number);
  const walking: Walking = { kv, hasher: nodeHasher(), seen: new Map() };
  for (const height of heights)
    for (const [space, root] of readVersion(kv, height).roots) boundsOf(walking, space, root);
  const version = readVersion(kv, last);
  const entries = [...version.roots.values()].reduce((sum, { size }) => sum + size, 0);
  let pages = 0;
  for await (const [key, sealed] of kv.entries(FIRST_KEY, END_KEY)) {
    unseal(key, sealed);
    if (isPageKey(key)) pages++;
  }
  const { seen } = walking;
  const { height, appHash } = version;
  const versions = heights.length;
  return { height, appHash, versions, entries, pages: seen.size, strayPages: pages - seen.size };
}

function boundsOf(walking: Walking, space: string, ref: NodeRef): Bounds {
  const id = pageId(space, ref);
  const known = walking.seen.get(id);
  if (known !== undefined) return known;
  const bounds = ordered(walking, space, openPage(walking.kv, walking.hasher, space, ref).top);
  walking.seen.set(id, bounds);
  return bounds;
}

/** The bounds of a subtree whose keys ascend and branch where they should. */
function ordered(walking: Walking, space: string, child: Whole): Bounds {
  if (child.kind === "ref") return boundsOf(walking, space, child);
  if (child.kind === "leaf") return { first: child.key, last: child.key };
  const left = ordered(walking, space, child.left);
  const right = ordered(walking, space, child.right);
  const branches = compareBytes(left.last, child.key) < 0 && equalBytes(child.key, right.first);
  if (!branches) throw new StoreError("corrupt", "a tree is out of order", { space, key: child.key });
  return { first: left.first, last: right.last };
}
