import { concat } from "#chain/bytes/concat.ts";
import { u32be } from "#chain/bytes/int.ts";
import { fromUtf8, utf8 } from "#chain/bytes/utf8.ts";
import type { StorePlace } from "./error.ts";

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

const inSpace = (kind: number, space: string): Uint8Array => {
  const name = utf8(space);
  return concat(Uint8Array.of(kind, name.length), name);
};

/** Where the value of a module's key lies. */
export const flatKey = (space: string, key: Uint8Array): Uint8Array => concat(inSpace(FLAT, space), key);

/** Where a node lies: each is written once, by the version that made it, under a number of its own. */
export const nodeKey = (space: string, version: number, nonce: number): Uint8Array =>
  concat(inSpace(NODE, space), u32be(version), u32be(nonce));

/** The space and the key that a stored key speaks of, for error messages. */
export function placeOf(stored: Uint8Array): StorePlace {
  const kind = stored[0];
  if (kind !== FLAT && kind !== NODE) return { space: "(store)", key: stored };
  const nameEnd = 2 + (stored[1] ?? 0);
  return { space: fromUtf8(stored.subarray(2, nameEnd)), key: stored.subarray(nameEnd) };
}
