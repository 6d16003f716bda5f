import { toKey } from "#chain/bytes/latin1.ts";
import { fromUtf8 } from "#chain/bytes/utf8.ts";
import { putU32 } from "./bytes.ts";
import type { StorePlace } from "./error.ts";
import type { Place } from "./node.ts";

const META = 0;
const PAGE = 2;
const VERSION = 3;
const ORPHANS = 4;

/** Where the last version's height lies, and from where on every version is kept. */
export const HEAD_KEY: Uint8Array = Uint8Array.of(META, 0);
/** Where the record lies that undoes the last version. */
export const UNDO_KEY: Uint8Array = Uint8Array.of(META, 1);
/** Where the list of the kept versions before those lies. */
export const OLDER_KEY: Uint8Array = Uint8Array.of(META, 2);
/** What is there while a snapshot is being restored: nothing else counts then. */
export const RESTORING_KEY: Uint8Array = Uint8Array.of(META, 3);

/** Before and behind everything. */
export const FIRST_KEY: Uint8Array = Uint8Array.of(META);
export const END_KEY: Uint8Array = Uint8Array.of(ORPHANS + 1);

const SPACE_NAME = /^[a-z][a-z0-9_]{0,62}$/;
/** Whether a text may name a space: 1 to 63 of a–z, 0–9 and _, a letter first. */
export const isSpaceName = (name: string): boolean => SPACE_NAME.test(name);

/** Where a page lies: each is written once, by one version, under a number of its own. */
export function pageKey(space: string, { version, nonce }: Place): Uint8Array {
  const nameEnd = 2 + space.length;
  const out = new Uint8Array(nameEnd + 8);
  out[0] = PAGE;
  out[1] = space.length;
  for (let i = 0; i < space.length; i++) out[2 + i] = space.charCodeAt(i);
  putU32(out, putU32(out, nameEnd, version), nonce);
  return out;
}

/** Where the app hash and the roots of a kept version lie. */
export function versionKey(version: number): Uint8Array {
  const out = Uint8Array.of(VERSION, 0, 0, 0, 0);
  putU32(out, 1, version);
  return out;
}

/** Where the list of pages lies that `holder` is the last kept version to need, and `dropper` dropped. */
export function orphansKey(holder: number, dropper: number): Uint8Array {
  const out = new Uint8Array(9);
  out[0] = ORPHANS;
  putU32(out, putU32(out, 1, holder), dropper);
  return out;
}

/** Whether a page lies at a stored key. */
export const isPageKey = (stored: Uint8Array): boolean => stored[0] === PAGE;

/** The space and the place that a stored key speaks of, for error messages. */
export function placeOf(stored: Uint8Array): StorePlace {
  if (stored[0] !== PAGE) return { space: "(store)", key: stored };
  const nameEnd = 2 + (stored[1] ?? 0);
  return { space: fromUtf8(stored.subarray(2, nameEnd)), key: stored.subarray(nameEnd) };
}

/** The name of an entry in a cache. */
export const entryId = (space: string, key: Uint8Array): string => `${space}/${toKey(key)}`;

/** The name of a page in a cache. */
export const pageId = (space: string, { version, nonce }: Place): string => `${space}/${version}/${nonce}`;
