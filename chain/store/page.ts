import { putU32 } from "./bytes.ts";
import type { NodeHasher } from "./digest.ts";
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
import type { Child, Inner, Leaf, NodeRef, Place, Whole, WholeNode } from "./node.ts";
import { copyPacked, isLeafFirst, type Opened, packedLength, taken } from "./packed.ts";

/** Versions and sizes beyond would have a double: hashes write twice the number in 32 bits. */
const U31_MAX = 0x7fffffff;
/** A page's nodes are four levels at most; more nesting than this is no page. */
const DEPTH_MAX = 4;

/** How a page writes references: with the places of their pages in a store, without them in a snapshot. */
export type PageForm = "stored" | "portable";

const refBytes = (form: PageForm): number => REF_BYTES + (form === "stored" ? PLACE_BYTES : 0);

/** Whether a child's smallest entry lies in the child's own page: then its key is not written again. */
function leadsToLeaf(child: Child): boolean {
  let node = child;
  while (node.kind === "inner") node = node.left;
  return node.kind === "packed" ? isLeafFirst(node) : node.kind === "leaf";
}

/** How many bytes `writePage` writes. */
export function pageBytes(child: Child | Opened, form: PageForm): number {
  if (child.kind === "ref") return refBytes(form);
  if (child.kind === "packed") return form === "stored" ? packedLength(child) : pageBytes(taken(child), form);
  if (child.kind === "leaf") return LEAF_HEAD_BYTES + child.key.length + child.value.length;
  const { left, right, key } = child;
  const keyBytes = leadsToLeaf(right) ? 0 : 2 + key.length;
  return INNER_HEAD_BYTES + pageBytes(left, form) + pageBytes(right, form) + keyBytes;
}

/** Writes a page from `at` on and gives where it ends. */
export function writePage(out: Buffer, at: number, child: Child | Opened, form: PageForm): number {
  if (child.kind === "ref") return writeRef(out, at, child, form);
  if (child.kind === "packed")
    return form === "stored" ? copyPacked(out, at, child) : writePage(out, at, taken(child), form);
  if (child.kind === "leaf") {
    const { key, value } = child;
    out[at] = LEAF;
    const keyAt = putU32(out, putU16(out, putU32(out, at + 1, child.version), key.length), value.length);
    out.set(key, keyAt);
    out.set(value, keyAt + key.length);
    return keyAt + key.length + value.length;
  }
  const { left, right, key } = child;
  out[at] = INNER;
  const rightAt = writePage(out, putU32(out, at + 1, child.version), left, form);
  const end = writePage(out, rightAt, right, form);
  if (leadsToLeaf(right)) return end;
  const keyAt = putU16(out, end, key.length);
  out.set(key, keyAt);
  return keyAt + key.length;
}

/** A reference alone. */
export function refRecord(ref: NodeRef, form: PageForm): Uint8Array {
  const out = Buffer.alloc(refBytes(form));
  writeRef(out, 0, ref, form);
  return out;
}

/** Writes a reference and gives where it ends. */
function writeRef(out: Buffer, at: number, ref: NodeRef, form: PageForm): number {
  out[at] = REF;
  out[at + 1] = ref.height;
  const hashAt = putU32(out, at + 2, ref.size);
  const end = hashAt + out.write(ref.hash, hashAt, HASH_BYTES, "latin1");
  return form === "stored" ? putU32(out, putU32(out, end, ref.version), ref.nonce) : end;
}

function putU16(out: Uint8Array, at: number, value: number): number {
  out[at] = value >>> 8;
  out[at + 1] = value;
  return at + 2;
}

interface Reading {
  readonly bytes: Buffer;
  readonly hasher: NodeHasher;
  /** Gives references their places where the page brings none. */
  readonly place: (() => Place) | undefined;
  at: number;
  /** Smallest key of the child read last, where it lies in the page. */
  smallest: Uint8Array | undefined;
}

/**
 * Reads a page and computes the hashes of its nodes; throws RangeError on other bytes. Without `place` it is
 * a stored page, with it a portable one. What it gives is a view of the bytes.
 */
export function readPage(bytes: Uint8Array, hasher: NodeHasher, place?: () => Place): WholeNode {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const reading: Reading = { bytes: buffer, hasher, place, at: 0, smallest: undefined };
  const top = readChild(reading, 0);
  if (top.kind === "ref") throw new RangeError("a page of no node");
  if (reading.at !== bytes.length) throw new RangeError("a page is too long");
  return top;
}

/** Reads a reference alone. */
export function readRef(bytes: Uint8Array, place?: () => Place): NodeRef {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const reading = { bytes: buffer, place, at: 1 };
  if (bytes[0] !== REF) throw new RangeError("not a reference");
  const ref = readRefBody(reading);
  if (reading.at !== bytes.length) throw new RangeError("a reference is too long");
  return ref;
}

/** Moves on by so many bytes and gives where they begin. */
function step(reading: Pick<Reading, "bytes" | "at">, bytes: number): number {
  const start = reading.at;
  if (bytes > reading.bytes.length - start) throw new RangeError("a page ends early");
  reading.at = start + bytes;
  return start;
}

function slice(reading: Reading, bytes: number): Uint8Array {
  const start = step(reading, bytes);
  const { buffer, byteOffset } = reading.bytes;
  return new Uint8Array(buffer, byteOffset + start, bytes);
}

function readChild(reading: Reading, depth: number): Whole {
  const kind = reading.bytes[step(reading, 1)];
  if (kind === LEAF) return readLeaf(reading);
  if (kind === REF) {
    reading.smallest = undefined;
    return readRefBody(reading);
  }
  if (kind !== INNER || depth === DEPTH_MAX) throw new RangeError("unknown kind of node");
  return readInner(reading, depth);
}

function readRefBody(reading: Pick<Reading, "bytes" | "at" | "place">): NodeRef {
  const { bytes, place } = reading;
  const at = step(reading, refBytes(place === undefined ? "stored" : "portable") - 1);
  const hashAt = at + 5;
  const hash = bytes.toString("latin1", hashAt, hashAt + HASH_BYTES);
  const end = hashAt + HASH_BYTES;
  const { version, nonce } = place?.() ?? {
    version: bytes.readUInt32BE(end),
    nonce: bytes.readUInt32BE(end + 4),
  };
  const size = small(bytes.readUInt32BE(at + 1));
  return { kind: "ref", height: bytes[at] as number, size, hash, version, nonce };
}

/** A version or a size; throws RangeError where it is none. */
function small(value: number): number {
  if (value === 0 || value > U31_MAX) throw new RangeError("a number out of range");
  return value;
}

function readLeaf(reading: Reading): Leaf {
  const at = step(reading, LEAF_HEAD_BYTES - 1);
  const { bytes, hasher } = reading;
  const version = small(bytes.readUInt32BE(at));
  const key = slice(reading, bytes.readUInt16BE(at + 4));
  const value = slice(reading, bytes.readUInt32BE(at + 6));
  reading.smallest = key;
  return { kind: "leaf", height: 0, size: 1, version, hash: hasher.leaf(key, value, version), key, value };
}

function readInner(reading: Reading, depth: number): Inner<Whole> {
  const version = small(reading.bytes.readUInt32BE(step(reading, 4)));
  const left = readChild(reading, depth + 1);
  const smallest = reading.smallest;
  const right = readChild(reading, depth + 1);
  const key = reading.smallest ?? slice(reading, reading.bytes.readUInt16BE(step(reading, 2)));
  reading.smallest = smallest;
  const height = 1 + Math.max(left.height, right.height);
  const size = small(left.size + right.size);
  const hash = reading.hasher.inner(height, size, version, left.hash, right.hash);
  return { kind: "inner", height, size, version, hash, key, left, right };
}
