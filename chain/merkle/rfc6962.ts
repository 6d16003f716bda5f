import { equalBytes } from "#chain/bytes/compare.ts";
import { sha256 } from "#chain/bytes/hash.ts";

const LEAF = Uint8Array.of(0);
const INNER = Uint8Array.of(1);
/**
 * More leaves than this have no proof: positions stay small integers, and an aunt list has at most 30
 * entries.
 */
const LEAVES_MAX = 1 << 30;

/** Hash of one leaf: SHA-256(0x00 ‖ leaf). */
const leafHash = (leaf: Uint8Array): Uint8Array => sha256(LEAF, leaf);

const innerHash = (left: Uint8Array, right: Uint8Array): Uint8Array => sha256(INNER, left, right);

/** Leaves of the left subtree of `count` ≥ 2 leaves: the largest power of two below the count. */
function leftCount(count: number): number {
  let power = 1;
  while (power << 1 < count) power <<= 1;
  return power;
}

function subtree(hashes: readonly Uint8Array[], from: number, count: number): Uint8Array {
  if (count === 0) return sha256();
  if (count === 1) return hashes[from] as Uint8Array;
  const left = leftCount(count);
  return innerHash(subtree(hashes, from, left), subtree(hashes, from + left, count - left));
}

/**
 * Root of the RFC 6962 tree over the leaves in their order, 32 bytes; SHA-256 of nothing for no leaf.
 * The same as CometBFT's `merkle.HashFromByteSlices`.
 */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  checkTotal(leaves.length);
  return subtree(leaves.map(leafHash), 0, leaves.length);
}

/**
 * The sibling hashes ("aunts") that lead from a leaf to the root, lowest first, as CometBFT orders them;
 * throws RangeError where there is no leaf of that index.
 */
export function merkleProof(leaves: readonly Uint8Array[], index: number): readonly Uint8Array[] {
  checkTotal(leaves.length);
  if (!Number.isInteger(index) || index < 0 || index >= leaves.length)
    throw new RangeError(`no leaf ${index} of ${leaves.length}`);
  const hashes = leaves.map(leafHash);
  const aunts: Uint8Array[] = [];
  let from = 0;
  let count = leaves.length;
  while (count > 1) {
    const left = leftCount(count);
    if (index < from + left) {
      aunts.push(subtree(hashes, from + left, count - left));
      count = left;
    } else {
      aunts.push(subtree(hashes, from, left));
      from += left;
      count -= left;
    }
  }
  return aunts.reverse();
}

/**
 * Whether the aunts prove that `leaf` is the leaf number `index` of the `total` leaves under `root`.
 * Never throws: a malformed proof (a wrong number of aunts, an aunt that is not 32 bytes) proves nothing.
 */
export function verifyMerkleProof(
  root: Uint8Array,
  leaf: Uint8Array,
  index: number,
  total: number,
  aunts: readonly Uint8Array[],
): boolean {
  if (!Number.isInteger(total) || total < 1 || total > LEAVES_MAX) return false;
  if (!Number.isInteger(index) || index < 0 || index >= total) return false;
  if (root.length !== 32 || aunts.some((aunt) => aunt.length !== 32)) return false;
  const turns = turnsTo(index, total);
  if (turns.length !== aunts.length) return false;
  let hash = leafHash(leaf);
  for (const aunt of aunts) hash = turns.pop() === "left" ? innerHash(hash, aunt) : innerHash(aunt, hash);
  return equalBytes(hash, root);
}

/** The turns from the root down to a leaf, on whose other sides its aunts lie, highest first. */
export function turnsTo(index: number, total: number): ("left" | "right")[] {
  const turns: ("left" | "right")[] = [];
  let position = index;
  let count = total;
  while (count > 1) {
    const left = leftCount(count);
    const isLeft = position < left;
    turns.push(isLeft ? "left" : "right");
    if (!isLeft) position -= left;
    count = isLeft ? left : count - left;
  }
  return turns;
}

function checkTotal(total: number): void {
  if (total > LEAVES_MAX) throw new RangeError(`more than ${LEAVES_MAX} leaves`);
}
