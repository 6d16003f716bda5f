import type { Digest } from "./digest.ts";

/**
 * A subtree whose top lies in another page, as its parent knows it: its shape, its hash, and where that page
 * lies: under a number of its own in the version that wrote it.
 */
export interface NodeRef {
  readonly kind: "ref";
  readonly height: number;
  readonly size: number;
  readonly hash: Digest;
  readonly version: number;
  readonly nonce: number;
}

/** One entry of a space. */
export interface Leaf {
  readonly kind: "leaf";
  readonly height: 0;
  readonly size: 1;
  /** The version that made the node; `DRAFT` while that is in the making. */
  readonly version: number;
  readonly hash: Digest;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** Two subtrees; `key` is the smallest of the right one's. */
export interface Inner<C = Child> {
  readonly kind: "inner";
  readonly height: number;
  readonly size: number;
  readonly version: number;
  readonly hash: Digest;
  readonly key: Uint8Array;
  readonly left: C;
  readonly right: C;
}

/** A node, or a reference, that lies in a page which was not taken apart: `taken` gives it. */
export interface Packed {
  readonly kind: "packed";
  readonly page: PackedPage;
  /** In the order in which the page was written, from 0, its top. */
  readonly number: number;
  readonly height: number;
  readonly size: number;
  /** Where its hash lies in the page's bytes. */
  readonly digestAt: number;
}

/** A page as `packPage` wrote it, and from `base` on numbers about each of its nodes. */
export interface PackedPage {
  readonly bytes: Buffer;
  readonly index: Int32Array;
  readonly base: number;
}

/** A subtree of a page that was read as a whole. */
export type Whole = NodeRef | WholeNode;
export type WholeNode = Leaf | Inner<Whole>;

/** What a parent holds: a node of its own page, or one of another. */
export type Child = NodeRef | Packed | Leaf | Inner;

/** No version yet. */
export const DRAFT = 0;

/** Opens the page of a reference and gives its top node. */
export type Load = (ref: NodeRef) => Packed | Leaf | Inner;

/** Where a page lies. */
export type Place = Pick<NodeRef, "version" | "nonce">;

/**
 * Nodes of the same band lie in the page of the topmost of them: four levels, so up to 15 nodes. It follows
 * from the height alone; so all stores cut a tree into the same pages.
 */
export const bandOf = (height: number): number => height >>> 2;
