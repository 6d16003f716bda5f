import { equalBytes } from "#chain/bytes/compare.ts";
import { concatAll } from "#chain/bytes/concat.ts";
import { bigFromBytes, u32be, u64be } from "#chain/bytes/int.ts";
import { fromKey } from "#chain/bytes/latin1.ts";
import { multistoreHash, type NamedRoot } from "#chain/merkle/multistore.ts";
import { lengthPrefixed, type RecordReader, recordReader, textField } from "./bytes.ts";
import { StoreError } from "./error.ts";
import { placeOf } from "./keys.ts";
import type { NodeRef, Place } from "./node.ts";
import { readRef, refRecord } from "./page.ts";

const FORMAT = 3;

/** One committed version: its height, its app hash and the root of every non-empty space, by name. */
export interface Version {
  readonly height: bigint;
  readonly appHash: Uint8Array;
  readonly roots: ReadonlyMap<string, NodeRef>;
}

/** Which versions there are: all from `from` to the last one, and some before. */
export interface History {
  readonly last: number;
  readonly from: number;
  readonly older: readonly number[];
}

/** What it takes to return from a version to the one before. */
export interface Undo {
  /** The version before; 0 where there was none. */
  readonly previous: number;
  /** How many pages the version wrote in each space; their nonces count from 1. */
  readonly created: ReadonlyMap<string, number>;
}

/** Pages of a space that no version after some one needs. */
export interface SpaceOrphans {
  readonly space: string;
  readonly places: readonly Place[];
}

/** The roots with their names. */
export const namedRoots = (roots: ReadonlyMap<string, NodeRef>): readonly NamedRoot[] =>
  [...roots].map(([name, ref]) => ({ name, root: fromKey(ref.hash) }));

/** The version before the first. */
export const emptyVersion: Version = { height: 0n, appHash: multistoreHash([]), roots: new Map() };

/** Bytes of a head: format, last version, first version of the unbroken row. */
export const encodeHead = ({ last, from }: History): Uint8Array =>
  concatAll([Uint8Array.of(FORMAT), u32be(last), u32be(from)]);

/** Reads what `encodeHead` wrote. */
export const decodeHead = (key: Uint8Array, bytes: Uint8Array): Omit<History, "older"> =>
  parse(key, bytes, (reader) => {
    if (reader.u8() !== FORMAT) throw new RangeError("another format");
    return { last: reader.u32(), from: reader.u32() };
  });

/** Bytes of a list of versions. */
export const encodeOlder = (versions: readonly number[]): Uint8Array =>
  concatAll([u32be(versions.length), ...versions.map(u32be)]);

/** Reads what `encodeOlder` wrote. */
export const decodeOlder = (key: Uint8Array, bytes: Uint8Array): readonly number[] =>
  parse(key, bytes, (reader) => list(reader, () => reader.u32()));

/** Bytes of a version: height, app hash, roots. */
export function encodeVersion({ height, appHash, roots }: Version): Uint8Array {
  const parts = [u64be(height), appHash, u32be(roots.size)];
  for (const [space, ref] of roots) parts.push(textField(space), lengthPrefixed(refRecord(ref, "stored")));
  return concatAll(parts);
}

/** Reads what `encodeVersion` wrote; StoreError `corrupt` unless the app hash follows from the roots. */
export const decodeVersion = (key: Uint8Array, bytes: Uint8Array): Version =>
  parse(key, bytes, (reader) => {
    const height = bigFromBytes(reader.fixed(8));
    const appHash = reader.fixed(32);
    const roots = new Map(list(reader, () => [reader.text(), readRef(reader.bytes())] as const));
    if (!equalBytes(multistoreHash(namedRoots(roots)), appHash))
      throw new RangeError("the roots do not give the app hash");
    return { height, appHash, roots };
  });

/** Bytes of an undo record. */
export function encodeUndo({ previous, created }: Undo): Uint8Array {
  const parts = [u32be(previous), u32be(created.size)];
  for (const [space, pages] of created) parts.push(textField(space), u32be(pages));
  return concatAll(parts);
}

/** Reads what `encodeUndo` wrote; StoreError `corrupt` on other bytes. */
export const decodeUndo = (key: Uint8Array, bytes: Uint8Array): Undo =>
  parse(key, bytes, (reader) => ({
    previous: reader.u32(),
    created: new Map(list(reader, () => [reader.text(), reader.u32()] as const)),
  }));

/** Bytes of a list of orphans. */
export function encodeOrphans(spaces: readonly SpaceOrphans[]): Uint8Array {
  const parts = [u32be(spaces.length)];
  for (const { space, places } of spaces) {
    parts.push(textField(space), u32be(places.length));
    for (const { version, nonce } of places) parts.push(u32be(version), u32be(nonce));
  }
  return concatAll(parts);
}

/** Reads what `encodeOrphans` wrote. */
export const decodeOrphans = (key: Uint8Array, bytes: Uint8Array): readonly SpaceOrphans[] =>
  parse(key, bytes, (reader) =>
    list(reader, () => ({
      space: reader.text(),
      places: list(reader, () => ({ version: reader.u32(), nonce: reader.u32() })),
    })),
  );

function list<T>(reader: RecordReader, read: () => T): readonly T[] {
  const out: T[] = [];
  for (let left = reader.u32(); left > 0; left--) out.push(read());
  return out;
}

/** Reads a whole record; StoreError `corrupt` where it does not fit. */
function parse<T>(key: Uint8Array, bytes: Uint8Array, read: (reader: RecordReader) => T): T {
  try {
    const reader = recordReader(bytes);
    const value = read(reader);
    reader.end();
    return value;
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    const text = `damaged record: ${(cause as Error).message}`;
    throw new StoreError("corrupt", text, { ...placeOf(key), cause });
  }
}
