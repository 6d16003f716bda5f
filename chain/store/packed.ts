import { putU32 } from "./bytes.ts";
import {
  HASH_BYTES,
  INNER,
  INNER_HEAD_BYTES,
  LEAF,
  LEAF_HEAD_BYTES,
  PLACE_BYTES,
  REF,
  REF_BYTES,
} from "./layout.ts";
import type { Child, Inner, Leaf, Load, NodeRef, Packed, PackedPage } from "./node.ts";

// A page as it is held in memory: the length of its bytes as they lie in the store, those bytes, and the
// hashes of its nodes in the order in which they were written. Nothing is checked here: it was before.

const LENGTH_BYTES = 4;

/** What the index has of each node and reference of a page, in the order in which they were written. */
const AT = 0;
const END = 1;
const RIGHT = 2;
const HEIGHT = 3;
const SIZE = 4;
const KEY_AT = 5;
const KEY_END = 6;
const DIGEST = 7;
const DIGEST_END = 8;
const FIELDS = 9;
/** Fifteen nodes and sixteen references. */
const INDEX_MAX = 31 * FIELDS;
const INDEX_CHUNK = 1 << 15;

const field = ({ page, number }: Packed, which: number): number =>
  page.index[page.base + number * FIELDS + which] as number;

/** Whether it is a reference to another page. */
export const isReference = (packed: Packed): boolean => packed.page.bytes[field(packed, AT)] === REF;

/** How many bytes a subtree takes in its page. */
export const packedLength = (packed: Packed): number => field(packed, END) - field(packed, AT);

/** Copies a subtree as it lies in its page, and gives where it ends. */
export function copyPacked(out: Buffer, at: number, packed: Packed): number {
  return at + packed.page.bytes.copy(out, at, field(packed, AT), field(packed, END));
}

/** Whether the smallest entry under a node lies in the node's own page. */
export function isLeafFirst({ page, number }: Packed): boolean {
  const { bytes, index, base } = page;
  let at = base + number * FIELDS + AT;
  while (bytes[index[at] as number] === INNER) at += FIELDS;
  return bytes[index[at] as number] === LEAF;
}

const digestBytes = (child: Child): number => {
  if (child.kind === "ref") return 0;
  if (child.kind === "leaf") return HASH_BYTES;
  if (child.kind === "packed") return field(child, DIGEST_END) - field(child, DIGEST);
  return HASH_BYTES + digestBytes(child.left) + digestBytes(child.right);
};

/** How many bytes `packPage` writes. */
export const packBytes = (top: Child, stored: Uint8Array): number =>
  LENGTH_BYTES + stored.length + digestBytes(top);

/** Writes a page for the memory: its bytes as they lie in the store, and the hashes of its nodes. */
export function packPage(out: Buffer, at: number, top: Child, stored: Uint8Array): void {
  const storedAt = putU32(out, at, stored.length);
  out.set(stored, storedAt);
  writeDigests(out, storedAt + stored.length, top);
}

function writeDigests(out: Buffer, at: number, child: Child): number {
  if (child.kind === "ref") return at;
  if (child.kind === "packed")
    return at + child.page.bytes.copy(out, at, field(child, DIGEST), field(child, DIGEST_END));
  const end = at + out.write(child.hash, at, HASH_BYTES, "latin1");
  return child.kind === "leaf" ? end : writeDigests(out, writeDigests(out, end, child.left), child.right);
}

/** A reading of a page from front to back. */
interface Scan extends PackedPage {
  at: number;
  digestAt: number;
  count: number;
}

/** Gives the top node of what `packPage` wrote. */
export function packedOpener(): (bytes: Buffer) => Packed {
  let index = new Int32Array(0);
  let base = 0;
  return (bytes) => {
    if (base + INDEX_MAX > index.length) {
      index = new Int32Array(INDEX_CHUNK);
      base = 0;
    }
    const digestAt = LENGTH_BYTES + bytes.readUInt32BE(0);
    const page: Scan = { bytes, index, base, at: LENGTH_BYTES, digestAt, count: 0 };
    scan(page);
    base += page.count * FIELDS;
    return packedAt(page, 0);
  };
}

/** Fills the index of a node and all below it. */
function scan(page: Scan): void {
  const { bytes, index, at } = page;
  const fields = page.base + page.count++ * FIELDS;
  index[fields + AT] = at;
  index[fields + DIGEST] = page.digestAt;
  const kind = bytes[at];
  if (kind === INNER) {
    page.digestAt += HASH_BYTES;
    page.at = at + INNER_HEAD_BYTES;
    scanInner(page, fields);
  } else if (kind === LEAF) {
    const keyAt = at + LEAF_HEAD_BYTES;
    const keyEnd = keyAt + bytes.readUInt16BE(at + 5);
    index[fields + HEIGHT] = 0;
    index[fields + SIZE] = 1;
    index[fields + KEY_AT] = keyAt;
    index[fields + KEY_END] = keyEnd;
    page.digestAt += HASH_BYTES;
    page.at = keyEnd + bytes.readUInt32BE(at + 7);
  } else {
    index[fields + HEIGHT] = bytes[at + 1] as number;
    index[fields + SIZE] = bytes.readUInt32BE(at + 2);
    index[fields + DIGEST] = at + 6;
    page.at = at + REF_BYTES + PLACE_BYTES;
  }
  index[fields + END] = page.at;
  index[fields + DIGEST_END] = kind === INNER || kind === LEAF ? page.digestAt : at + 6;
}

function scanInner(page: Scan, fields: number): void {
  const { bytes, index } = page;
  const left = page.base + page.count * FIELDS;
  scan(page);
  const right = page.base + page.count * FIELDS;
  index[fields + RIGHT] = page.count;
  scan(page);
  index[fields + HEIGHT] = 1 + Math.max(index[left + HEIGHT] as number, index[right + HEIGHT] as number);
  index[fields + SIZE] = (index[left + SIZE] as number) + (index[right + SIZE] as number);
  let smallest = right;
  while (bytes[index[smallest + AT] as number] === INNER) smallest += FIELDS;
  if (bytes[index[smallest + AT] as number] === LEAF) {
    index[fields + KEY_AT] = index[smallest + KEY_AT] as number;
    index[fields + KEY_END] = index[smallest + KEY_END] as number;
  } else {
    const keyAt = page.at + 2;
    index[fields + KEY_AT] = keyAt;
    page.at = keyAt + bytes.readUInt16BE(page.at);
    index[fields + KEY_END] = page.at;
  }
}

function packedAt(page: PackedPage, number: number): Packed {
  const { index, base } = page;
  const fields = base + number * FIELDS;
  const height = index[fields + HEIGHT] as number;
  const size = index[fields + SIZE] as number;
  return { kind: "packed", page, number, height, size, digestAt: index[fields + DIGEST] as number };
}

const slice = ({ buffer, byteOffset }: Buffer, start: number, end: number): Uint8Array =>
  new Uint8Array(buffer, byteOffset + start, end - start);

const keyOf = (packed: Packed): Uint8Array =>
  slice(packed.page.bytes, field(packed, KEY_AT), field(packed, KEY_END));

/** The hash of a node or a reference. */
const packedDigest = ({ page, digestAt }: Packed): string =>
  page.bytes.toString("latin1", digestAt, digestAt + HASH_BYTES);

/** A node without its hash, which those who go down a tree do not need. */
export type Opened = Omit<Leaf, "hash"> | Omit<Inner, "hash">;

/** A node or a reference as its page has it. */
export function taken(packed: Packed): Opened | NodeRef {
  const { page, number, height, size } = packed;
  const { bytes } = page;
  const at = field(packed, AT);
  const kind = bytes[at];
  if (kind === INNER) {
    const version = bytes.readUInt32BE(at + 1);
    const [left, right] = [packedAt(page, number + 1), packedAt(page, field(packed, RIGHT))];
    return { kind: "inner", height, size, version, key: keyOf(packed), left, right };
  }
  if (kind === LEAF) {
    const value = slice(bytes, field(packed, KEY_END), field(packed, END));
    const version = bytes.readUInt32BE(at + 1);
    return { kind: "leaf", height: 0, size: 1, version, key: keyOf(packed), value };
  }
  const placeAt = at + REF_BYTES;
  const version = bytes.readUInt32BE(placeAt);
  return {
    kind: "ref",
    height,
    size,
    hash: packedDigest(packed),
    version,
    nonce: bytes.readUInt32BE(placeAt + 4),
  };
}

/** A node in hand: its page is opened where it lies in another one. */
export function opened(child: Child, load: Load): Opened {
  const found = child.kind === "packed" ? taken(child) : child;
  if (found.kind !== "ref") return found;
  const top = load(found);
  return top.kind === "packed" ? (taken(top) as Opened) : top;
}

/** The hash of any child. */
export const digestOf = (child: Child): string =>
  child.kind === "packed" ? packedDigest(child) : child.hash;
