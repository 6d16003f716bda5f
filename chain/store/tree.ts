import { compareBytes } from "#chain/bytes/compare.ts";
import type { NodeHasher } from "./digest.ts";
import { StoreError } from "./error.ts";
import {
  bandOf,
  type Child,
  DRAFT,
  type Inner,
  type Leaf,
  type Load,
  type NodeRef,
  type TreeNode,
} from "./node.ts";
import { pageBytes } from "./page.ts";

/** A page that the next version writes: its place, its top node and its length. */
export interface NewPage {
  readonly ref: NodeRef;
  readonly top: TreeNode;
  readonly bytes: number;
}

/** What a version makes of a tree: its root, the pages to write, and those of the last version it drops. */
export interface TreeVersion {
  readonly root: NodeRef | undefined;
  readonly created: readonly NewPage[];
  readonly orphans: readonly NodeRef[];
}

/** The next version of one tree in the making; the pages on disk stay as they are. */
export interface TreeDraft {
  set(key: Uint8Array, value: Uint8Array): void;
  /** Deletes an entry that is there; StoreError `corrupt` where it is not. */
  remove(key: Uint8Array): void;
  finish(version: number): TreeVersion;
}

/** A node of the version in the making, which alone may change. */
type Draft<N> = { -readonly [K in keyof N]: N[K] };

interface Removal {
  /** What is left of the subtree. */
  readonly rest: Child | undefined;
  /** The subtree's new smallest key, where it changed. */
  readonly smallest: Uint8Array | undefined;
}

/** What an edit of a tree works with: a way to open pages, and the list of those it replaces. */
interface Editor {
  readonly load: Load;
  readonly orphans: NodeRef[];
}

/**
 * Starts the next version of a tree. Shape, rotations and versions follow cosmos/iavl v1's `MutableTree`, so
 * the same operations in the same order give the same root hash. Costs O(log size) steps an operation.
 */
export function draftTree(start: NodeRef | undefined, load: Load, hasher: NodeHasher): TreeDraft {
  const editor: Editor = { load, orphans: [] };
  let root: Child | undefined = start;
  return {
    set(key, value) {
      root = root === undefined ? newLeaf(key, value) : set(editor, root, key, value);
    },
    remove(key) {
      if (root === undefined) throw new StoreError("corrupt", "the tree lacks an entry");
      root = remove(editor, root, key).rest;
    },
    finish(version) {
      const created: NewPage[] = [];
      const settler: Settler = { ...editor, hasher, version, created };
      return { root: root && settleRoot(settler, root), created, orphans: editor.orphans };
    },
  };
}

const newLeaf = (key: Uint8Array, value: Uint8Array): Leaf => ({
  kind: "leaf",
  height: 0,
  size: 1,
  version: DRAFT,
  hash: "",
  key,
  value,
});

const newInner = (key: Uint8Array, left: Child, right: Child): Draft<Inner> => ({
  kind: "inner",
  height: 1 + Math.max(left.height, right.height),
  size: left.size + right.size,
  version: DRAFT,
  hash: "",
  key,
  left,
  right,
});

function set(editor: Editor, child: Child, key: Uint8Array, value: Uint8Array): Child {
  const node = open(editor, child);
  const order = compareBytes(key, node.key);
  if (node.kind === "leaf") {
    if (order < 0) return newInner(node.key, newLeaf(key, value), child);
    if (order > 0) return newInner(key, child, newLeaf(key, value));
    drop(editor, child);
    return newLeaf(key, value);
  }
  const draft = edit(editor, child);
  if (order < 0) draft.left = set(editor, draft.left, key, value);
  else draft.right = set(editor, draft.right, key, value);
  return balance(editor, draft);
}

function remove(editor: Editor, child: Child, key: Uint8Array): Removal {
  const node = open(editor, child);
  const order = compareBytes(key, node.key);
  if (node.kind === "leaf") {
    if (order !== 0) throw new StoreError("corrupt", "the tree lacks an entry");
    drop(editor, child);
    return { rest: undefined, smallest: undefined };
  }
  const draft = edit(editor, child);
  if (order < 0) {
    const { rest, smallest } = remove(editor, draft.left, key);
    if (rest === undefined) return { rest: draft.right, smallest: draft.key };
    draft.left = rest;
    return { rest: balance(editor, draft), smallest };
  }
  const { rest, smallest } = remove(editor, draft.right, key);
  if (rest === undefined) return { rest: draft.left, smallest: undefined };
  draft.right = rest;
  draft.key = smallest ?? draft.key;
  return { rest: balance(editor, draft), smallest: undefined };
}

/** Restores the shape and the AVL rule over two subtrees whose heights differ by two at most. */
function balance(editor: Editor, node: Draft<Inner>): Draft<Inner> {
  const lean = node.left.height - node.right.height;
  if (lean > 1) {
    if (leaning(editor, node.left) < 0) node.left = rotateLeft(editor, edit(editor, node.left));
    return rotateRight(editor, node);
  }
  if (lean < -1) {
    if (leaning(editor, node.right) > 0) node.right = rotateRight(editor, edit(editor, node.right));
    return rotateLeft(editor, node);
  }
  return measure(node);
}

function measure(node: Draft<Inner>): Draft<Inner> {
  const { left, right } = node;
  node.height = 1 + Math.max(left.height, right.height);
  node.size = left.size + right.size;
  return node;
}

function rotateRight(editor: Editor, node: Draft<Inner>): Draft<Inner> {
  const top = edit(editor, node.left);
  node.left = top.right;
  top.right = measure(node);
  return measure(top);
}

function rotateLeft(editor: Editor, node: Draft<Inner>): Draft<Inner> {
  const top = edit(editor, node.right);
  node.right = top.left;
  top.left = measure(node);
  return measure(top);
}

/** By how much the left subtree is higher than the right one. */
function leaning(editor: Editor, child: Child): number {
  const node = open(editor, child);
  return node.kind === "leaf" ? 0 : node.left.height - node.right.height;
}

const open = (editor: Editor, child: Child): TreeNode => (child.kind === "ref" ? editor.load(child) : child);

/** Notes that a page has no place in the next version. */
function drop(editor: Editor, child: Child): void {
  if (child.kind === "ref") editor.orphans.push(child);
}

/** The inner node as one that may change: itself where it is of this version, else a copy in its place. */
function edit(editor: Editor, child: Child): Draft<Inner> {
  const node = open(editor, child);
  if (node.kind === "leaf") throw new StoreError("corrupt", "a leaf in an inner node's place");
  if (node.version === DRAFT) return node;
  drop(editor, child);
  return newInner(node.key, node.left, node.right);
}

interface Settler extends Editor {
  readonly hasher: NodeHasher;
  readonly version: number;
  readonly created: NewPage[];
}

const NO_BAND = -1;

function settleRoot(settler: Settler, root: Child): NodeRef {
  const settled = settle(settler, root, NO_BAND);
  if (settled.kind !== "ref") throw new StoreError("corrupt", "a root in another node's page");
  return settled;
}

/**
 * Hashes the drafts under a child, children first, and cuts the page its parent lies in from those below: the
 * child itself where it is of its parent's band, else a reference to the page of which it is the top.
 */
function settle(settler: Settler, child: Child, band: number): Child {
  const own = bandOf(child.height);
  if (child.kind === "ref") {
    if (own !== band) return child;
    settler.orphans.push(child);
    return settler.load(child);
  }
  if (child.version === DRAFT) seal(settler, child, own);
  if (own === band) return child;
  const { height, size, hash } = child;
  const { version, created } = settler;
  const ref: NodeRef = { kind: "ref", height, size, hash, version, nonce: created.length + 1 };
  created.push({ ref, top: child, bytes: pageBytes(child, "stored") });
  return ref;
}

function seal(settler: Settler, node: Draft<TreeNode>, band: number): void {
  const { hasher, version } = settler;
  if (node.kind === "leaf") node.hash = hasher.leaf(node.key, node.value, version);
  else {
    node.left = settle(settler, node.left, band);
    node.right = settle(settler, node.right, band);
    node.hash = hasher.inner(node.height, node.size, version, node.left.hash, node.right.hash);
  }
  node.version = version;
}
