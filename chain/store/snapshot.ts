import { equalBytes } from "#chain/bytes/compare.ts";
import { concatAll } from "#chain/bytes/concat.ts";
import { sha256 } from "#chain/bytes/hash.ts";
import { bigFromBytes, u32be, u64be } from "#chain/bytes/int.ts";
import { multistoreHash } from "#chain/merkle/multistore.ts";
import { lengthPrefixed, putU32, recordReader, textField } from "./bytes.ts";
import { StoreError } from "./error.ts";
import { isSpaceName } from "./keys.ts";
import type { NodeRef, Whole, WholeNode } from "./node.ts";
import { pageBytes, readRef, refRecord, writePage } from "./page.ts";
import { HEIGHT_MAX } from "./port.ts";
import { namedRoots, type Version } from "./record.ts";

/** Of the stream of pages and of the manifest; others are refused. */
export const SNAPSHOT_FORMAT = 1;
/** Longest chunk; CometBFT carries 16 MB. */
export const CHUNK_BYTES = 8 << 20;
/** Longest manifest, below the 4 MB that CometBFT carries: it has room for 900 GB of state. */
const MANIFEST_BYTES_MAX = 3_900_000;
const SPACES_MAX = 1000;
const HASH_BYTES = 32;
/** The place of a page that none has been found for yet. */
const NOWHERE = { version: 0, nonce: 0 };

/** What a snapshot is: its version with the roots of its trees, and the hashes of its chunks. */
export interface Manifest {
  readonly height: bigint;
  readonly appHash: Uint8Array;
  /** Roots by name, in the order of their trees in the stream; the places of their pages say nothing. */
  readonly roots: ReadonlyMap<string, NodeRef>;
  readonly chunkHashes: readonly Uint8Array[];
}

/** Bytes of a manifest; its SHA-256 names the snapshot. */
export function encodeManifest({ height, appHash, roots, chunkHashes }: Manifest): Uint8Array {
  const parts = [Uint8Array.of(SNAPSHOT_FORMAT), u64be(height), appHash, u32be(roots.size)];
  for (const [space, ref] of roots) parts.push(textField(space), lengthPrefixed(refRecord(ref, "portable")));
  return concatAll([...parts, u32be(chunkHashes.length), ...chunkHashes]);
}

/** Reads a manifest; StoreError `snapshot` unless it is one and its roots give its app hash. */
export function decodeManifest(bytes: Uint8Array): Manifest {
  try {
    if (bytes.length > MANIFEST_BYTES_MAX) throw new RangeError("too long");
    // A file's bytes come as a Buffer, whose slice() shares memory.
    const reader = recordReader(Uint8Array.from(bytes));
    if (reader.u8() !== SNAPSHOT_FORMAT) throw new RangeError("another format");
    const height = bigFromBytes(reader.fixed(8));
    if (height === 0n || height > HEIGHT_MAX) throw new RangeError("no such height");
    const appHash = reader.fixed(HASH_BYTES).slice();
    const roots = new Map<string, NodeRef>();
    const spaces = reader.u32();
    if (spaces > SPACES_MAX) throw new RangeError("too many spaces");
    for (let i = 0; i < spaces; i++) {
      const space = reader.text();
      if (!isSpaceName(space) || roots.has(space)) throw new RangeError("not a space's name");
      roots.set(
        space,
        readRef(reader.bytes(), () => NOWHERE),
      );
    }
    const chunkHashes: Uint8Array[] = [];
    for (let left = reader.u32(); left > 0; left--) chunkHashes.push(reader.fixed(HASH_BYTES).slice());
    reader.end();
    if (!equalBytes(multistoreHash(namedRoots(roots)), appHash)) throw new RangeError("a wrong app hash");
    return { height, appHash, roots, chunkHashes };
  } catch (cause) {
    throw new StoreError("snapshot", `no sound manifest: ${(cause as Error).message}`, { cause });
  }
}

/** References in a page, from left to right. */
function refsOf(child: Whole, into: NodeRef[] = []): NodeRef[] {
  if (child.kind === "ref") into.push(child);
  if (child.kind !== "inner") return into;
  refsOf(child.left, into);
  return refsOf(child.right, into);
}

/**
 * The pages of a version, each after its length in four bytes: tree by tree by name, every page before those
 * it refers to. The same state gives the same bytes on every node, whatever its history on disk.
 */
export function* snapshotPages(
  version: Version,
  load: (space: string) => (ref: NodeRef) => WholeNode,
): Generator<Uint8Array> {
  for (const [space, root] of version.roots) {
    const open = load(space);
    const waiting = [root];
    for (let ref = waiting.pop(); ref !== undefined; ref = waiting.pop()) {
      const top = open(ref);
      const bytes = pageBytes(top, "portable");
      const out = Buffer.allocUnsafe(4 + bytes);
      writePage(out, putU32(out, 0, bytes), top, "portable");
      yield out;
      waiting.push(...refsOf(top).reverse());
    }
  }
}

/** Cuts a stream of bytes into chunks of one length, the last one shorter. */
export function chunker(chunkBytes: number): {
  /** Takes bytes and gives the chunks that are full. */
  push(bytes: Uint8Array): readonly Uint8Array[];
  /** What is left over; nothing when no byte came since the last full chunk. */
  rest(): readonly Uint8Array[];
} {
  let chunk = Buffer.allocUnsafe(chunkBytes);
  let used = 0;
  return {
    push(bytes) {
      const full: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; ) {
        const part = bytes.subarray(at, at + chunkBytes - used);
        chunk.set(part, used);
        at += part.length;
        used += part.length;
        if (used < chunkBytes) continue;
        full.push(chunk);
        chunk = Buffer.allocUnsafe(chunkBytes);
        used = 0;
      }
      return full;
    },
    rest: () => (used === 0 ? [] : [chunk.subarray(0, used)]),
  };
}

/** The name of a snapshot: SHA-256 of its manifest. */
export const manifestHash = (manifest: Uint8Array): Uint8Array => sha256(manifest);
