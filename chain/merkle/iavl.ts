import { concat } from "#chain/bytes/concat.ts";
import { sha256 } from "#chain/bytes/hash.ts";
import { type InnerStep, innerStep } from "./ics23.ts";
import { uvarint, zigzags } from "./varint.ts";

const LENGTH_32 = Uint8Array.of(32);

/** Root of a tree without a leaf: SHA-256 of nothing, as cosmos/iavl has it. */
export const EMPTY_ROOT: Uint8Array = sha256();

/**
 * First bytes of a leaf's pre-image: height 0, size 1 and the version that wrote it, as zigzag varints.
 * Versions are below 2³¹ throughout.
 */
export const iavlLeafPrefix = (version: number): Uint8Array => zigzags(0, 1, version);

/**
 * Hash of a leaf: SHA-256(prefix ‖ key ‖ SHA-256(value)), the last two after their lengths as varints.
 * Source: cosmos/iavl v1 `Node.writeHashBytes`; the ICS-23 `iavlSpec` describes the same.
 */
export function iavlLeafHash(key: Uint8Array, value: Uint8Array, version: number): Uint8Array {
  return sha256(iavlLeafPrefix(version), uvarint(key.length), key, LENGTH_32, sha256(value));
}

/** First bytes of an inner node's pre-image: its height, its number of leaves and its version. */
export const iavlInnerPrefix = (height: number, size: number, version: number): Uint8Array =>
  zigzags(height, size, version);

/** Hash of an inner node: SHA-256(prefix ‖ left ‖ right), the two hashes each after its length, 32. */
export function iavlInnerHash(
  height: number,
  size: number,
  version: number,
  left: Uint8Array,
  right: Uint8Array,
): Uint8Array {
  return sha256(iavlInnerPrefix(height, size, version), LENGTH_32, left, LENGTH_32, right);
}

/** The ICS-23 step over an inner node from its left or its right child. */
export function iavlStep(prefix: Uint8Array, from: "left" | "right", sibling: Uint8Array): InnerStep {
  return from === "left"
    ? innerStep(concat(prefix, LENGTH_32), concat(LENGTH_32, sibling))
    : innerStep(concat(prefix, LENGTH_32, sibling, LENGTH_32), new Uint8Array());
}
