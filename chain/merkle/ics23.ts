import { compareBytes, equalBytes } from "#chain/bytes/compare.ts";
import { concat } from "#chain/bytes/concat.ts";
import { sha256 } from "#chain/bytes/hash.ts";
import { readZigzags, uvarint } from "./varint.ts";

const [NO_HASH, SHA256, VAR_PROTO] = [0, 1, 1];
const LENGTH_32 = 32;
/** More steps than this has no tree that fits on a disk: an AVL tree of 2³¹ leaves is 44 high. */
const STEPS_MAX = 64;
const KEY_BYTES_MAX = 1024;

/** `LeafOp` of ICS-23. */
export interface LeafStep {
  readonly hash: number;
  readonly prehashKey: number;
  readonly prehashValue: number;
  readonly length: number;
  readonly prefix: Uint8Array;
}

/** `InnerOp` of ICS-23: what surrounds a child's hash in its parent's pre-image. */
export interface InnerStep {
  readonly hash: number;
  readonly prefix: Uint8Array;
  readonly suffix: Uint8Array;
}

/** `ExistenceProof` of ICS-23; the path leads from the leaf up. */
export interface Existence {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly leaf: LeafStep | undefined;
  readonly path: readonly InnerStep[];
}

/** `NonExistenceProof` of ICS-23: the neighbours of a key that is not there. */
export interface Absence {
  readonly key: Uint8Array;
  readonly left: Existence | undefined;
  readonly right: Existence | undefined;
}

type Side = "left" | "right";

/** The trees a proof may be about: how their leaves and inner nodes are written, to the byte. */
export interface TreeRules {
  /** The sides on which a path's children lie, from the leaf up; undefined unless all of it fits. */
  sides(leafPrefix: Uint8Array, path: readonly InnerStep[]): readonly Side[] | undefined;
}

/** The parts that every leaf of both trees has in common with ICS-23's default specifications. */
export const leafStep = (prefix: Uint8Array): LeafStep => ({
  hash: SHA256,
  prehashKey: NO_HASH,
  prehashValue: SHA256,
  length: VAR_PROTO,
  prefix,
});

/** A step of SHA-256. */
export const innerStep = (prefix: Uint8Array, suffix: Uint8Array): InnerStep => ({
  hash: SHA256,
  prefix,
  suffix,
});

/**
 * cosmos/iavl's tree (`iavlSpec`). Stricter than ICS-23 asks: prefixes are read as the numbers they are, and
 * on the way up the height and the size grow and the version does not shrink, as in every real tree.
 */
export const iavlRules: TreeRules = {
  sides(leafPrefix, path) {
    const leaf = readZigzags(leafPrefix, 3);
    if (leaf === undefined || leaf.end !== leafPrefix.length) return undefined;
    if (leaf.values[0] !== 0 || leaf.values[1] !== 1) return undefined;
    let below = leaf.values;
    const sides: Side[] = [];
    for (const { prefix, suffix } of path) {
      const read = readZigzags(prefix, 3);
      if (read === undefined || !mayLieOver(read.values, below)) return undefined;
      const side = sideOf(prefix.subarray(read.end), suffix, Uint8Array.of(LENGTH_32));
      if (side === undefined) return undefined;
      sides.push(side);
      below = read.values;
    }
    return sides;
  },
};

function mayLieOver(parent: readonly number[], child: readonly number[]): boolean {
  const [height = 0, size = 0, version = 0] = parent;
  const [childHeight = 0, childSize = 0, childVersion = 0] = child;
  // AVL: the other child is one lower or higher at most.
  const isNear = height === childHeight + 1 || height === childHeight + 2;
  return isNear && size > childSize && version >= childVersion;
}

/** CometBFT's simple tree of RFC 6962 (`tendermintSpec`). */
export const simpleRules: TreeRules = {
  sides(leafPrefix, path) {
    if (leafPrefix.length !== 1 || leafPrefix[0] !== 0) return undefined;
    const sides: Side[] = [];
    for (const { prefix, suffix } of path) {
      const side = prefix[0] === 1 ? sideOf(prefix.subarray(1), suffix, new Uint8Array()) : undefined;
      if (side === undefined) return undefined;
      sides.push(side);
    }
    return sides;
  },
};

/** Which child a step leads from: its sibling stands before or behind it, `mark` before either hash. */
function sideOf(before: Uint8Array, behind: Uint8Array, mark: Uint8Array): Side | undefined {
  const one = mark.length + LENGTH_32;
  const isMarked = (bytes: Uint8Array, at: number): boolean => mark.length === 0 || bytes[at] === mark[0];
  if (before.length === mark.length && behind.length === one)
    return isMarked(before, 0) && isMarked(behind, 0) ? "left" : undefined;
  if (before.length === one + mark.length && behind.length === 0)
    return isMarked(before, 0) && isMarked(before, one) ? "right" : undefined;
  return undefined;
}

/** The sides of a proof's path where it proves its own key and value under the root; undefined otherwise. */
function proven(rules: TreeRules, root: Uint8Array, proof: Existence): readonly Side[] | undefined {
  const { key, value, leaf, path } = proof;
  if (root.length !== 32 || leaf === undefined || path.length > STEPS_MAX) return undefined;
  if (key.length === 0 || key.length > KEY_BYTES_MAX || value.length === 0) return undefined;
  const plain = leafStep(leaf.prefix);
  const isPlain =
    leaf.hash === plain.hash &&
    leaf.prehashKey === plain.prehashKey &&
    leaf.prehashValue === plain.prehashValue &&
    leaf.length === plain.length;
  if (!isPlain || path.some((step) => step.hash !== SHA256)) return undefined;
  const sides = rules.sides(leaf.prefix, path);
  if (sides === undefined) return undefined;
  let hash = sha256(leaf.prefix, uvarint(key.length), key, Uint8Array.of(LENGTH_32), sha256(value));
  for (const { prefix, suffix } of path) hash = sha256(concat(prefix, hash, suffix));
  return equalBytes(hash, root) ? sides : undefined;
}

/** Whether the proof shows that the key holds the value under the root. Never throws. */
export const verifyExistence = (
  rules: TreeRules,
  root: Uint8Array,
  key: Uint8Array,
  value: Uint8Array,
  proof: Existence,
): boolean =>
  equalBytes(proof.key, key) && equalBytes(proof.value, value) && proven(rules, root, proof) !== undefined;

/**
 * Whether the proof shows that the root's tree has no such key: its neighbours in the tree lie around it. A
 * tree without a leaf has no proof. Never throws.
 */
export function verifyAbsence(rules: TreeRules, root: Uint8Array, key: Uint8Array, proof: Absence): boolean {
  const { left, right } = proof;
  if (key.length === 0 || !equalBytes(proof.key, key)) return false;
  const leftSides = left && proven(rules, root, left);
  const rightSides = right && proven(rules, root, right);
  if (left !== undefined && (leftSides === undefined || compareBytes(left.key, key) >= 0)) return false;
  if (right !== undefined && (rightSides === undefined || compareBytes(key, right.key) >= 0)) return false;
  if (leftSides === undefined) return rightSides?.every((side) => side === "left") ?? false;
  if (rightSides === undefined) return leftSides.every((side) => side === "right");
  return areNeighbours(leftSides, rightSides);
}

/** Whether no leaf lies between two leaves of one tree, whose paths lead from them up. */
function areNeighbours(left: readonly Side[], right: readonly Side[]): boolean {
  let [l, r] = [left.length - 1, right.length - 1];
  while (l >= 0 && r >= 0 && left[l] === right[r]) {
    l--;
    r--;
  }
  if (left[l] !== "left" || right[r] !== "right") return false;
  return left.slice(0, l).every((side) => side === "right") && right.slice(0, r).every((s) => s === "left");
}
