import { compareBytes } from "#chain/bytes/compare.ts";
import { StoreError } from "./error.ts";
import { type Child, hashNode, type Inner, join, leafOf, type NodeRef, type StoredNode } from "./node.ts";

/** Opens a node on disk. */
export type Load = (ref: NodeRef) => StoredNode;

/** A node that the next version writes. */
export interface NewNode {
  readonly ref: NodeRef;
  readonly node: StoredNode;
}

/** What a version makes of a tree: its root, the nodes to write, and those of the last version that it drops. */
export interface TreeVersion {
  readonly root: NodeRef | undefined;
  readonly created: readonly NewNode[];
  readonly orphans: readonly NodeRef[];
}

/** The next version of one tree in the making; the nodes on disk stay as they are. */
export interface TreeDraft {
  set(key: Uint8Array, value: Uint8Array): void;
  /** Deletes an entry that is there; StoreError `corrupt` where it is not. */
  remove(key: Uint8Array): void;
  finish(version: number): TreeVersion;
}

interface Removal {
  /** What is left of the subtree. */
  readonly rest: Child | undefined;
  /** The subtree's new smallest key, where it changed. */
  readonly smallest: Uint8Array | undefined;
}

/**
 * Starts the next version of a tree. Shape, rotations and versions follow cosmos/iavl v1's `MutableTree`, so
 * the same operations in the same order give the same root hash. Costs O(log size) loads an operation.
 */
export function draftTree(start: NodeRef | undefined, load: Load): TreeDraft {
  let root: Child | undefined = start;
  const orphans: NodeRef[] = [];
  const open = (child: Child) => (child.kind === "ref" ? load(child) : child);
  const drop = (child: Child): void => {
    if (child.kind === "ref") orphans.push(child);
  };
  /** Opens an inner node to make another of its parts. */
  const spend = (child: Child): Inner => {
    drop(child);
    const node = open(child);
    if (node.kind === "leaf") throw new StoreError("corrupt", "a leaf in an inner node's place");
    return node;
  };
  const rotateRight = (node: Inner): Inner => {
    const left = spend(node.left);
    return join(left.key, left.left, join(node.key, left.right, node.right));
  };
  const rotateLeft = (node: Inner): Inner => {
    const right = spend(node.right);
    return join(right.key, join(node.key, node.left, right.left), right.right);
  };
  const leaning = (child: Child): number => {
    const node = open(child);
    return node.kind === "leaf" ? 0 : node.left.height - node.right.height;
  };
  const balance = (node: Inner): Inner => {
    const lean = node.left.height - node.right.height;
    if (lean > 1) {
      if (leaning(node.left) >= 0) return rotateRight(node);
      return rotateRight(join(node.key, rotateLeft(spend(node.left)), node.right));
    }
    if (lean < -1) {
      if (leaning(node.right) <= 0) return rotateLeft(node);
      return rotateLeft(join(node.key, node.left, rotateRight(spend(node.right))));
    }
    return node;
  };
  const set = (child: Child, key: Uint8Array, value: Uint8Array): Child => {
    const node = open(child);
    const order = compareBytes(key, node.key);
    if (node.kind === "leaf") {
      const leaf = leafOf(key, value);
      if (order < 0) return join(node.key, leaf, child);
      if (order > 0) return join(key, child, leaf);
      drop(child);
      return leaf;
    }
    drop(child);
    return balance(
      order < 0
        ? join(node.key, set(node.left, key, value), node.right)
        : join(node.key, node.left, set(node.right, key, value)),
    );
  };
  const remove = (child: Child, key: Uint8Array): Removal => {
    const node = open(child);
    const order = compareBytes(key, node.key);
    if (node.kind === "leaf" && order !== 0) throw new StoreError("corrupt", "the tree lacks an entry");
    drop(child);
    if (node.kind === "leaf") return { rest: undefined, smallest: undefined };
    if (order < 0) {
      const { rest, smallest } = remove(node.left, key);
      if (rest === undefined) return { rest: node.right, smallest: node.key };
      return { rest: balance(join(node.key, rest, node.right)), smallest };
    }
    const { rest, smallest } = remove(node.right, key);
    if (rest === undefined) return { rest: node.left, smallest: undefined };
    return { rest: balance(join(smallest ?? node.key, node.left, rest)), smallest: undefined };
  };
  return {
    set(key, value) {
      root = root === undefined ? leafOf(key, value) : set(root, key, value);
    },
    remove(key) {
      if (root === undefined) throw new StoreError("corrupt", "the tree lacks an entry");
      root = remove(root, key).rest;
    },
    finish(version) {
      const created: NewNode[] = [];
      return { root: root && write(root, version, created), created, orphans };
    },
  };
}

/** Numbers and hashes the drafts under a child, children first. */
function write(child: Child, version: number, created: NewNode[]): NodeRef {
  if (child.kind === "ref") return child;
  const node: StoredNode =
    child.kind === "leaf"
      ? child
      : join(child.key, write(child.left, version, created), write(child.right, version, created));
  const nonce = created.length + 1;
  const { height, size } = node;
  const ref: NodeRef = { kind: "ref", height, size, version, nonce, hash: hashNode(node, version) };
  created.push({ ref, node });
  return ref;
}
