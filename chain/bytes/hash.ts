import { hash } from "node:crypto";
import { concat } from "./concat.ts";

/** SHA-256 of the parts one after the other: 32 bytes. Node's one-shot hash is 20 times faster than pure JS. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const digest = hash("sha256", parts.length === 1 ? (parts[0] as Uint8Array) : concat(...parts), "buffer");
  return new Uint8Array(digest.buffer, digest.byteOffset, digest.length);
}
