import { sha256 } from "./hash.ts";
import { u32be } from "./int.ts";
import { utf8 } from "./utf8.ts";

/**
 * SHA-256 over the tag and the parts, each after its length in four bytes, so that no two different lists
 * of parts share an input and no two uses share a tag.
 */
export function taggedHash(tag: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  for (const part of [utf8(tag), ...parts]) pieces.push(u32be(part.length), part);
  return sha256(...pieces);
}
