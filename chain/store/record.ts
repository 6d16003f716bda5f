import { equalBytes } from "#chain/bytes/compare.ts";
import { concatAll } from "#chain/bytes/concat.ts";
import { bigFromBytes, u32be, u64be } from "#chain/bytes/int.ts";
import { multistoreHash, type NamedRoot } from "#chain/merkle/multistore.ts";
import { StoreError } from "./error.ts";
import { HEAD_KEY, placeOf, UNDO_KEY } from "./keys.ts";
import { encodeRef, type NodeRef, readRef } from "./node.ts";
import { lengthPrefixed, putU32, type RecordReader, recordReader, textField } from "./wire.ts";

const FORMAT = 1;

/** One committed version: its height, its app hash and the root of every non-empty space, by name. */
export interface Head {
  readonly height: bigint;
  readonly appHash: Uint8Array;
  readonly roots: ReadonlyMap<string, NodeRef>;
}

/** One space's part of what a version did. */
export interface SpaceUndo {
  readonly space: string;
  /** Entries as they were; undefined where there was none. */
  readonly entries: readonly (readonly [key: Uint8Array, value: Uint8Array | undefined])[];
  /** How many nodes the version wrote; their nonces count from 1. */
  readonly created: number;
  /** Nodes that only the version before still needs. */
  readonly orphans: readonly Pick<NodeRef, "version" | "nonce">[];
}

/** What it takes to return from a version to the one before, and what may go once nobody can return. */
export interface Undo {
  readonly previous: Head;
  readonly spaces: readonly SpaceUndo[];
}

/** The roots with their names. */
export const namedRoots = (roots: ReadonlyMap<string, NodeRef>): readonly NamedRoot[] =>
  [...roots].map(([name, ref]) => ({ name, root: ref.hash }));

/** The version before the first. */
export const emptyHead: Head = { height: 0n, appHash: multistoreHash([]), roots: new Map() };

/** Bytes of a head: format, height, app hash, roots. */
export function encodeHead(head: Head): Uint8Array {
  const parts = [Uint8Array.of(FORMAT), u64be(head.height), head.appHash, u32be(head.roots.size)];
  for (const [space, ref] of head.roots) parts.push(textField(space), encodeRef(ref));
  return concatAll(parts);
}

/** Reads what `encodeHead` wrote; StoreError `corrupt` unless the app hash follows from the roots. */
export const decodeHead = (bytes: Uint8Array): Head =>
  parse(HEAD_KEY, bytes, (reader) => {
    if (reader.u8() !== FORMAT) throw new RangeError("unknown format");
    const height = bigFromBytes(reader.fixed(8));
    const appHash = reader.fixed(32);
    const roots = new Map<string, NodeRef>();
    list(reader, () => roots.set(reader.text(), readRef(reader)));
    if (!equalBytes(multistoreHash(namedRoots(roots)), appHash))
      throw new RangeError("the roots do not give the app hash");
    return { height, appHash, roots };
  });

/** Bytes of an undo record. */
export function encodeUndo(undo: Undo): Uint8Array {
  const parts = [lengthPrefixed(encodeHead(undo.previous)), u32be(undo.spaces.length)];
  for (const { space, entries, created, orphans } of undo.spaces) {
    parts.push(textField(space), u32be(entries.length));
    for (const [key, value] of entries) {
      parts.push(lengthPrefixed(key), Uint8Array.of(value === undefined ? 0 : 1));
      if (value !== undefined) parts.push(lengthPrefixed(value));
    }
    parts.push(u32be(created), u32be(orphans.length));
    const places = new Uint8Array(8 * orphans.length);
    let at = 0;
    for (const { version, nonce } of orphans) at = putU32(places, putU32(places, at, version), nonce);
    parts.push(places);
  }
  return concatAll(parts);
}

/** Reads what `encodeUndo` wrote; StoreError `corrupt` on other bytes. */
export const decodeUndo = (bytes: Uint8Array): Undo =>
  parse(UNDO_KEY, bytes, (reader) => ({
    previous: decodeHead(reader.bytes()),
    spaces: list(reader, () => ({
      space: reader.text(),
      entries: list(reader, () => [reader.bytes(), reader.u8() === 0 ? undefined : reader.bytes()] as const),
      created: reader.u32(),
      orphans: list(reader, () => ({ version: reader.u32(), nonce: reader.u32() })),
    })),
  }));

function list<T>(reader: RecordReader, read: () => T): readonly T[] {
  const out: T[] = [];
  for (let left = reader.u32(); left > 0; left--) out.push(read());
  return out;
}

function parse<T>(key: Uint8Array, bytes: Uint8Array, read: (reader: RecordReader) => T): T {
  try {
    const reader = recordReader(bytes);
    const value = read(reader);
    reader.end();
    return value;
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    throw new StoreError("corrupt", `damaged record: ${(cause as Error).message}`, {
      ...placeOf(key),
      cause,
    });
  }
}
