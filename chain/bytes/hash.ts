import { hash } from "node:crypto";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { concat } from "./concat.ts";
import { fromKey } from "./latin1.ts";

/**
 * SHA-256 of the parts one after the other: 32 bytes. Node's one-shot hash is 20 times faster than pure JS.
 */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  return fromKey(sha256Key(parts.length === 1 ? (parts[0] as Uint8Array) : concat(...parts)));
}

/** SHA-256 as `toKey` makes a key of it: Node gives a text in a third of the time that bytes take. */
export const sha256Key = (bytes: Uint8Array): string => hash("sha256", bytes, "binary");

/** Keccak-256 as Ethereum uses it: 32 bytes. */
export const keccak256 = (bytes: Uint8Array): Uint8Array => keccak_256(bytes);
