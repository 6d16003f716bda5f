import { equalBytes } from "#chain/bytes/compare.ts";
import { concat } from "#chain/bytes/concat.ts";
import { sha256 } from "#chain/bytes/hash.ts";
import { nodeHasher } from "./digest.ts";
import { StoreError } from "./error.ts";
import { END_KEY, FIRST_KEY, HEAD_KEY, pageKey, RESTORING_KEY, versionKey } from "./keys.ts";
import type { Kv, KvWrite } from "./kv.ts";
import { bandOf, type NodeRef, type Place, type Whole, type WholeNode } from "./node.ts";
import { fitsReference } from "./open.ts";
import { pageBytes, readPage, writePage } from "./page.ts";
import { encodeHead, encodeVersion, type History, type Version } from "./record.ts";
import { type Batch, sealingBatch } from "./sealed.ts";
import type { Manifest } from "./snapshot.ts";

/** Longest page: eight entries of the largest size. */
const PAGE_BYTES_MAX = 34_000_000;
const CLEARED_AT_ONCE = 10_000;

/** A subtree that is to come: its reference, and its smallest key where a page above tells it. */
interface Awaited {
  readonly space: string;
  readonly ref: NodeRef;
  readonly first: Uint8Array | undefined;
}

/** A snapshot on its way into an empty map. Nothing of it is to be seen before `finish` has resolved. */
export interface Restoration {
  readonly manifest: Manifest;
  /** How many chunks have been taken; the next one has this index. */
  readonly taken: number;
  /**
   * Whether a chunk is the next one's, by its hash. A wrong one is its sender's fault alone and leaves the
   * restoration as it was.
   */
  fits(chunk: Uint8Array): boolean;
  /**
   * Checks every page that is complete against the reference to it, and writes it; StoreError `snapshot`
   * where one is not what the app hash asks for: then the whole snapshot is a forgery.
   */
  write(chunk: Uint8Array): Promise<void>;
  /** Makes the version visible; StoreError `snapshot` while something is missing. */
  finish(): Promise<void>;
}

const forged = (text: string, space?: string): StoreError =>
  new StoreError("snapshot", text, space === undefined ? {} : { space });

/** Takes the pages of a snapshot one after the other. */
interface PageTaker {
  readonly roots: ReadonlyMap<string, NodeRef>;
  /** Whether every page has come. */
  isComplete(): boolean;
  /** Checks the next page and puts it into a batch; StoreError `snapshot`. */
  take(batch: Batch, bytes: Uint8Array): void;
}

function pageTaker(manifest: Manifest): PageTaker {
  const hasher = nodeHasher();
  const version = Number(manifest.height);
  // Every tree's pages come to lie under the snapshot's height, its root's first.
  const roots = new Map([...manifest.roots].map(([space, ref]) => [space, { ...ref, version, nonce: 1 }]));
  // The last space's root first, since the stack's end comes next.
  const awaited: Awaited[] = [...roots].map(([space, ref]) => ({ space, ref, first: undefined })).reverse();
  const nonces = new Map([...roots.keys()].map((space) => [space, 1]));
  return {
    roots,
    isComplete: () => awaited.length === 0,
    take(batch, bytes) {
      const next = awaited.pop();
      if (next === undefined) throw forged("a page too many");
      const { space, ref, first } = next;
      const place = (): Place => {
        const nonce = (nonces.get(space) ?? 0) + 1;
        nonces.set(space, nonce);
        return { version, nonce };
      };
      let top: WholeNode;
      try {
        top = readPage(bytes, hasher, place);
      } catch (cause) {
        throw new StoreError("snapshot", "a damaged page", { space, cause });
      }
      if (!fitsReference(top, ref)) throw forged("a page does not hash to its reference", space);
      const below: Awaited[] = [];
      examine(space, top, first, below);
      awaited.push(...below.reverse());
      const stored = pageBytes(top, "stored");
      batch.fill(pageKey(space, ref), stored, (out, at) => writePage(out, at, top, "stored"));
    },
  };
}

/** Starts a restoration in an empty map; `adopt` is told what it holds when it is finished. */
export function restoration(
  kv: Kv,
  manifest: Manifest,
  adopt: (history: History, version: Version) => void,
): Restoration {
  const { height, appHash, chunkHashes } = manifest;
  const pages = pageTaker(manifest);
  let carried = new Uint8Array();
  let taken = 0;
  const fits = (chunk: Uint8Array): boolean => {
    const hash = chunkHashes[taken];
    return hash !== undefined && equalBytes(sha256(chunk), hash);
  };
  return {
    manifest,
    get taken() {
      return taken;
    },
    fits,
    async write(chunk) {
      if (!fits(chunk)) throw forged(`chunk ${taken} does not fit its hash`);
      const batch = sealingBatch();
      if (taken === 0) batch.put(RESTORING_KEY, appHash);
      const bytes = concat(carried, chunk);
      let at = 0;
      for (;;) {
        const length = bytes.length - at < 4 ? undefined : lengthAt(bytes, at);
        if (length === undefined || length > bytes.length - at - 4) break;
        pages.take(batch, bytes.subarray(at + 4, at + 4 + length));
        at += 4 + length;
      }
      carried = bytes.slice(at);
      await kv.write(batch.writes);
      taken++;
    },
    async finish() {
      if (taken < chunkHashes.length) throw forged("a chunk is missing");
      if (!pages.isComplete() || carried.length > 0) throw forged("a page is missing");
      const version: Version = { height, appHash, roots: pages.roots };
      const history: History = { last: Number(height), from: Number(height), older: [] };
      const batch = sealingBatch();
      batch.put(versionKey(history.last), encodeVersion(version));
      batch.put(HEAD_KEY, encodeHead(history));
      batch.delete(RESTORING_KEY);
      await kv.write(batch.writes);
      adopt(history, version);
    },
  };
}

function lengthAt(bytes: Uint8Array, at: number): number {
  const length = new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0);
  if (length > PAGE_BYTES_MAX) throw forged(`a page of ${length} bytes`);
  return length;
}

/**
 * Notes the subtrees below a page. What no hash covers is checked here: that the
 * page is cut as it must be, and that every key an inner node branches by is the smallest to its right.
 */
function examine(space: string, child: Whole, first: Uint8Array | undefined, below: Awaited[]): void {
  if (child.kind === "ref") below.push({ space, ref: child, first });
  if (child.kind === "leaf" && first !== undefined && !equalBytes(first, child.key))
    throw forged("a branch leads astray", space);
  if (child.kind !== "inner") return;
  for (const one of [child.left, child.right])
    if ((one.kind !== "ref") !== (bandOf(one.height) === bandOf(child.height)))
      throw forged("a page is cut wrongly", space);
  examine(space, child.left, first, below);
  examine(space, child.right, child.key, below);
}

/** Empties a map, the mark of an unfinished restoration last, so that it can be told again after a crash. */
export async function clearKv(kv: Kv): Promise<void> {
  let batch: KvWrite[] = [];
  for await (const [key] of kv.entries(FIRST_KEY, END_KEY)) {
    if (equalBytes(key, RESTORING_KEY)) continue;
    batch.push({ key, value: undefined });
    if (batch.length < CLEARED_AT_ONCE) continue;
    await kv.write(batch);
    batch = [];
  }
  await kv.write([...batch, { key: RESTORING_KEY, value: undefined }]);
}
