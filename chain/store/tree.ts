import { compareBytes, equalBytes } from "#chain/bytes/compare.ts";
import type { DigestSource, NodeHasher } from "./digest.ts";
import { StoreError } from "./error.ts";
import { bandOf, type Child, DRAFT, type Inner, type Leaf, type Load, type NodeRef } from "./node.ts";
import { digestOf, isReference, type Opened, opened, taken } from "./packed.ts";
import { pageBytes } from "./page.ts";

/** A page that the next version writes: its place, its top node and its length. */
export interface NewPage {
  readonly ref: NodeRef;
  readonly top: Child;
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
  /** Gives what was there; where that is the same value, nothing changes. */
  set(key: Uint8Array, value: Uint8Array): Uint8Array | undefined;
  /** Deletes an entry, if there is one, and gives what it was. */
  remove(key: Uint8Array): Uint8Array | undefined;
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

/** A node that may be changed or looked into, or the reference to its page. */
type Found = Opened | NodeRef;

/** What an edit of a tree works with: a way to open pages, and the list of those it replaces. */
interface Editor {
  readonly load: Load;
  readonly orphans: NodeRef[];
  /** Of the edit under way: the value that was there, and whether another takes its place. */
  was: Uint8Array | undefined;
  changed: boolean;
}

/**
 * Starts the next version of a tree. Shape, rotations and versions follow cosmos/iavl v1's `MutableTree`, so
 * the same operations in the same order give the same root hash. Costs O(log size) steps an operation.
 */
export function draftTree(start: NodeRef | undefined, load: Load, hasher: NodeHasher): TreeDraft {
  const editor: Editor = { load, orphans: [], was: undefined, changed: false };
  let root: Child | undefined = start;
  return {
    set(key, value) {
      editor.was = undefined;
      editor.changed = false;
      root = root === undefined ? newLeaf(key, value) : set(editor, root, key, value);
      return editor.was;
    },
    remove(key) {
      editor.was = undefined;
      const removal = root && remove(editor, root, key);
      if (removal !== undefined) root = removal.rest;
      return editor.was;
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
  const found = placed(child);
  const node = open(editor, found);
  const order = compareBytes(key, node.key);
  if (node.kind === "leaf") {
    if (order === 0) {
      editor.was = node.value;
      if (equalBytes(node.value, value)) return child;
      drop(editor, found);
    }
    editor.changed = true;
    if (order < 0) return newInner(node.key, newLeaf(key, value), child);
    return order > 0 ? newInner(key, child, newLeaf(key, value)) : newLeaf(key, value);
  }
  const next = set(editor, order < 0 ? node.left : node.right, key, value);
  if (!editor.changed) return child;
  const draft = edit(editor, found, node);
  if (order < 0) draft.left = next;
  else draft.right = next;
  return balance(editor, draft);
}

/** Undefined where there is no such entry. */
function remove(editor: Editor, child: Child, key: Uint8Array): Removal | undefined {
  const found = placed(child);
  const node = open(editor, found);
  const order = compareBytes(key, node.key);
  if (node.kind === "leaf") {
    if (order !== 0) return undefined;
    editor.was = node.value;
    drop(editor, found);
    return { rest: undefined, smallest: undefined };
  }
  const removal = remove(editor, order < 0 ? node.left : node.right, key);
  if (removal === undefined) return undefined;
  const { rest, smallest } = removal;
  const draft = edit(editor, found, node);
  if (order < 0) {
    if (rest === undefined) return { rest: draft.right, smallest: draft.key };
    draft.left = rest;
    return { rest: balance(editor, draft), smallest };
  }
  if (rest === undefined) return { rest: draft.left, smallest: undefined };
  draft.right = rest;
  draft.key = smallest ?? draft.key;
  return { rest: balance(editor, draft), smallest: undefined };
}

/** Restores the shape and the AVL rule over two subtrees whose heights differ by two at most. */
function balance(editor: Editor, node: Draft<Inner>): Draft<Inner> {
  const lean = node.left.height - node.right.height;
  if (lean > 1) {
    if (leaning(editor, node.left) < 0) node.left = rotateLeft(editor, draftOf(editor, node.left));
    return rotateRight(editor, node);
  }
  if (lean < -1) {
    if (leaning(editor, node.right) > 0) node.right = rotateRight(editor, draftOf(editor, node.right));
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
  const top = draftOf(editor, node.left);
  node.left = top.right;
  top.right = measure(node);
  return measure(top);
}

function rotateLeft(editor: Editor, node: Draft<Inner>): Draft<Inner> {
  const top = draftOf(editor, node.right);
  node.right = top.left;
  top.left = measure(node);
  return measure(top);
}

/** By how much the left subtree is higher than the right one. */
function leaning(editor: Editor, child: Child): number {
  const node = open(editor, placed(child));
  return node.kind === "leaf" ? 0 : node.left.height - node.right.height;
}

/** A child out of its page. */
const placed = (child: Child): Found => (child.kind === "packed" ? taken(child) : child);

const open = (editor: Editor, found: Found): Opened =>
  found.kind === "ref" ? opened(found, editor.load) : found;

/** Notes that a page has no place in the next version. */
function drop(editor: Editor, found: Found): void {
  if (found.kind === "ref") editor.orphans.push(found);
}

/** The inner node as one that may change: itself where it is of this version, else a copy in its place. */
function edit(editor: Editor, found: Found, node: Opened): Draft<Inner> {
  if (node.kind === "leaf") throw new StoreError("corrupt", "a leaf in an inner node's place");
  if (node.version === DRAFT) return node as Draft<Inner>;
  drop(editor, found);
  return newInner(node.key, node.left, node.right);
}

function draftOf(editor: Editor, child: Child): Draft<Inner> {
  const found = placed(child);
  return edit(editor, found, open(editor, found));
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
  if (child.kind === "ref" || (child.kind === "packed" && isReference(child))) {
    if (own !== band) return child;
    const ref = placed(child) as NodeRef;
    settler.orphans.push(ref);
    return settler.load(ref);
  }
  if (child.kind !== "packed" && child.version === DRAFT) seal(settler, child, own);
  if (own === band) return child;
  const { height, size } = child;
  const { version, created } = settler;
  const hash = digestOf(child);
  const ref: NodeRef = { kind: "ref", height, size, hash, version, nonce: created.length + 1 };
  created.push({ ref, top: child, bytes: pageBytes(child, "stored") });
  return ref;
}

function seal(settler: Settler, node: Draft<Leaf> | Draft<Inner>, band: number): void {
  const { hasher, version } = settler;
  if (node.kind === "leaf") node.hash = hasher.leaf(node.key, node.value, version);
  else {
    const [left, right] = [settle(settler, node.left, band), settle(settler, node.right, band)];
    node.left = left;
    node.right = right;
    node.hash = hasher.inner(node.height, node.size, version, digestSource(left), digestSource(right));
  }
  node.version = version;
}

const digestSource = (child: Child): DigestSource => (child.kind === "packed" ? child : child.hash);
