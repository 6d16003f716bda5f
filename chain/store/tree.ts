import { compareBytes } from "#chain/bytes/compare.ts";
import { StoreError } from "./error.ts";
import {
  type Child,
  hashNode,
  type Inner,
  join,
  leafOf,
  type NodeRef,
  type StoredNode,
  type TreeNode,
} from "./node.ts";

/** Opens a node on disk. */
export type Load = (ref: NodeRef) => StoredNode;

/** A node that the next version writes. */
export interface NewNode {
  readonly ref: NodeRef;
  readonly node: StoredNode;
}

/**
 * What a version makes of a tree: its root, the nodes to write, and those of the last version that it drops.
 */
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

/** What an edit of a tree works with: a way to open nodes, and the list of those it replaces. */
interface Editor {
  readonly load: Load;
  readonly orphans: NodeRef[];
}

/**
 * Starts the next version of a tree. Shape, rotations and versions follow cosmos/iavl v1's `MutableTree`, so
 * the same operations in the same order give the same root hash. Costs O(log size) loads an operation.
 */
export function draftTree(start: NodeRef | undefined, load: Load): TreeDraft {
  const editor: Editor = { load, orphans: [] };
  let root: Child | undefined = start;
  return {
    set(key, value) {
      root = root === undefined ? leafOf(key, value) : set(editor, root, key, value);
    },
    remove(key) {
      if (root === undefined) throw new StoreError("corrupt", "the tree lacks an entry");
      root = remove(editor, root, key).rest;
    },
    finish(version) {
      const created: NewNode[] = [];
      return { root: root && write(root, version, created), created, orphans: editor.orphans };
    },
  };
}

function set(editor: Editor, child: Child, key: Uint8Array, value: Uint8Array): Child {
  const node = open(editor, child);
  const order = compareBytes(key, node.key);
  if (node.kind === "leaf") {
    const leaf = leafOf(key, value);
    if (order < 0) return join(node.key, leaf, child);
    if (order > 0) return join(key, child, leaf);
    drop(editor, child);
    return leaf;
  }
  drop(editor, child);
  const next =
    order < 0
      ? join(node.key, set(editor, node.left, key, value), node.right)
      : join(node.key, node.left, set(editor, node.right, key, value));
  return balance(editor, next);
}

function remove(editor: Editor, child: Child, key: Uint8Array): Removal {
  const node = open(editor, child);
  const order = compareBytes(key, node.key);
  if (node.kind === "leaf" && order !== 0) throw new StoreError("corrupt", "the tree lacks an entry");
  drop(editor, child);
  if (node.kind === "leaf") return { rest: undefined, smallest: undefined };
  if (order < 0) {
    const { rest, smallest } = remove(editor, node.left, key);
    if (rest === undefined) return { rest: node.right, smallest: node.key };
    return { rest: balance(editor, join(node.key, rest, node.right)), smallest };
  }
  const { rest, smallest } = remove(editor, node.right, key);
  if (rest === undefined) return { rest: node.left, smallest: undefined };
  return { rest: balance(editor, join(smallest ?? node.key, node.left, rest)), smallest: undefined };
}

/** Restores the AVL rule over two subtrees whose heights differ by two at most. */
function balance(editor: Editor, node: Inner): Inner {
  const lean = node.left.height - node.right.height;
  if (lean > 1) {
    if (leaning(editor, node.left) >= 0) return rotateRight(editor, node);
    const left = rotateLeft(editor, spend(editor, node.left));
    return rotateRight(editor, join(node.key, left, node.right));
  }
  if (lean < -1) {
    if (leaning(editor, node.right) <= 0) return rotateLeft(editor, node);
    const right = rotateRight(editor, spend(editor, node.right));
    return rotateLeft(editor, join(node.key, node.left, right));
  }
  return node;
}

function rotateRight(editor: Editor, node: Inner): Inner {
  const left = spend(editor, node.left);
  return join(left.key, left.left, join(node.key, left.right, node.right));
}

function rotateLeft(editor: Editor, node: Inner): Inner {
  const right = spend(editor, node.right);
  return join(right.key, join(node.key, node.left, right.left), right.right);
}

/** By how much the left subtree is higher than the right one. */
function leaning(editor: Editor, child: Child): number {
  const node = open(editor, child);
  return node.kind === "leaf" ? 0 : node.left.height - node.right.height;
}

const open = (editor: Editor, child: Child): TreeNode => (child.kind === "ref" ? editor.load(child) : child);

/** Notes that a node on disk has no place in the next version. */
function drop(editor: Editor, child: Child): void {
  if (child.kind === "ref") editor.orphans.push(child);
}

/** Opens an inner node to make others of its parts. */
function spend(editor: Editor, child: Child): Inner {
  drop(editor, child);
  const node = open(editor, child);
  if (node.kind === "leaf") throw new StoreError("corrupt", "a leaf in an inner node's place");
  return node;
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
