import { hash } from "node:crypto";
import { keccak_256 } from "@noble/hashes/sha3.js";
import { concat } from "./concat.ts";

/**
 * SHA-256 of the parts one after the other: 32 bytes. Node's one-shot hash is 20 times faster than pure JS.
 */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const digest = hash("sha256", parts.length === 1 ? (parts[0] as Uint8Array) : concat(...parts), "buffer");
  return new Uint8Array(digest.buffer, digest.byteOffset, digest.length);
}

/** Keccak-256 as Ethereum uses it: 32 bytes. */
export const keccak256 = (bytes: Uint8Array): Uint8Array => keccak_256(bytes);
