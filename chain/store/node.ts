import { iavlInnerHash, iavlLeafHash } from "#chain/merkle/iavl.ts";
import { putU32, type RecordReader, recordReader } from "./wire.ts";

/** A node on disk, as its parent knows it: its place (version, nonce), its shape and its hash. */
export interface NodeRef {
  readonly kind: "ref";
  readonly height: number;
  readonly size: number;
  readonly version: number;
  readonly nonce: number;
  readonly hash: Uint8Array;
}

/** One entry of a space. */
export interface Leaf {
  readonly kind: "leaf";
  readonly height: 0;
  readonly size: 1;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** Two subtrees; `key` is the smallest of the right one's. */
export interface Inner<C = Child> {
  readonly kind: "inner";
  readonly height: number;
  readonly size: number;
  readonly key: Uint8Array;
  readonly left: C;
  readonly right: C;
}

/** A node in hand: a draft of this version, or loaded from disk. */
export type TreeNode = Leaf | Inner;
/** A node on disk, opened: its children are on disk too. */
export type StoredNode = Leaf | Inner<NodeRef>;
/** What a parent holds. */
export type Child = NodeRef | TreeNode;

/** A leaf of no version yet. */
export const leafOf = (key: Uint8Array, value: Uint8Array): Leaf => ({
  kind: "leaf",
  height: 0,
  size: 1,
  key,
  value,
});

/** The inner node over two subtrees, whatever their heights. */
export const join = <C extends Child>(key: Uint8Array, left: C, right: C): Inner<C> => ({
  kind: "inner",
  height: 1 + Math.max(left.height, right.height),
  size: left.size + right.size,
  key,
  left,
  right,
});

/** The hash of a node that the version wrote. */
export const hashNode = (node: StoredNode, version: number): Uint8Array =>
  node.kind === "leaf"
    ? iavlLeafHash(node.key, node.value, version)
    : iavlInnerHash(node.height, node.size, version, node.left.hash, node.right.hash);

const REF_BYTES = 45;

/** Writes size, version and nonce in four bytes each, height in one, hash. */
function putRef(out: Uint8Array, at: number, ref: NodeRef): number {
  const end = putU32(out, putU32(out, putU32(out, at, ref.size), ref.version), ref.nonce);
  out[end] = ref.height;
  out.set(ref.hash, end + 1);
  return at + REF_BYTES;
}

/** A reference in 45 bytes. */
export function encodeRef(ref: NodeRef): Uint8Array {
  const out = new Uint8Array(REF_BYTES);
  putRef(out, 0, ref);
  return out;
}

/** Reads what `encodeRef` wrote. */
export function readRef(reader: RecordReader): NodeRef {
  const [size, version, nonce] = [reader.u32(), reader.u32(), reader.u32()];
  return { kind: "ref", size, version, nonce, height: reader.u8(), hash: reader.fixed(32) };
}

/** The bytes of a node on disk: its kind, its key and either its value or its two references. */
export function encodeNode(node: StoredNode): Uint8Array {
  const body = 5 + node.key.length;
  const out = new Uint8Array(body + (node.kind === "leaf" ? node.value.length : 2 * REF_BYTES));
  out[0] = node.kind === "leaf" ? 0 : 1;
  out.set(node.key, putU32(out, 1, node.key.length));
  if (node.kind === "leaf") out.set(node.value, body);
  else putRef(out, putRef(out, body, node.left), node.right);
  return out;
}

/** Reads what `encodeNode` wrote; throws RangeError on other bytes. */
export function decodeNode(bytes: Uint8Array): StoredNode {
  const reader = recordReader(bytes);
  const kind = reader.u8();
  if (kind > 1) throw new RangeError("unknown kind of node");
  const key = reader.bytes();
  if (kind === 0) return leafOf(key, reader.rest());
  const node = join(key, readRef(reader), readRef(reader));
  reader.end();
  return node;
}
