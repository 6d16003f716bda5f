import { fromUtf8 } from "#chain/bytes/utf8.ts";
import type { StorePlace } from "./error.ts";
import { putU32 } from "./wire.ts";

const HEAD = 0;
const FLAT = 1;
const NODE = 2;

/** Where the height, the app hash and the roots of the last version lie. */
export const HEAD_KEY: Uint8Array = Uint8Array.of(HEAD, 0);
/** Where the record lies that undoes the last version. */
export const UNDO_KEY: Uint8Array = Uint8Array.of(HEAD, 1);

const SPACE_NAME = /^[a-z][a-z0-9_]{0,62}$/;
/** Whether a text may name a space: 1 to 63 of a–z, 0–9 and _, a letter first. */
export const isSpaceName = (name: string): boolean => SPACE_NAME.test(name);

/** A key of the kind and the space with room for what follows, and where that begins. */
function inSpace(kind: number, space: string, tailBytes: number): readonly [Uint8Array, number] {
  const out = new Uint8Array(2 + space.length + tailBytes);
  out[0] = kind;
  out[1] = space.length;
  for (let i = 0; i < space.length; i++) out[2 + i] = space.charCodeAt(i);
  return [out, 2 + space.length];
}

/** Where the value of a module's key lies. */
export function flatKey(space: string, key: Uint8Array): Uint8Array {
  const [out, at] = inSpace(FLAT, space, key.length);
  out.set(key, at);
  return out;
}

/** Where a node lies: each is written once, by the version that made it, under a number of its own. */
export function nodeKey(space: string, version: number, nonce: number): Uint8Array {
  const [out, at] = inSpace(NODE, space, 8);
  putU32(out, at, version);
  putU32(out, at + 4, nonce);
  return out;
}

/** The space and the key that a stored key speaks of, for error messages. */
export function placeOf(stored: Uint8Array): StorePlace {
  const kind = stored[0];
  if (kind !== FLAT && kind !== NODE) return { space: "(store)", key: stored };
  const nameEnd = 2 + (stored[1] ?? 0);
  return { space: fromUtf8(stored.subarray(2, nameEnd)), key: stored.subarray(nameEnd) };
}
