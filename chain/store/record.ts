import { equalBytes } from "#chain/bytes/compare.ts";
import { concatAll } from "#chain/bytes/concat.ts";
import { bigFromBytes, u32be, u64be } from "#chain/bytes/int.ts";
import { multistoreHash, type NamedRoot } from "#chain/merkle/multistore.ts";
import { StoreError } from "./error.ts";
import { HEAD_KEY, placeOf, UNDO_KEY } from "./keys.ts";
import { encodeRef, type NodeRef, readRef } from "./node.ts";
import type { Change } from "./port.ts";
import { lengthPrefixed, type RecordReader, recordReader, textField } from "./wire.ts";

const FORMAT = 1;

/** One committed version: its height, its app hash and the root of every non-empty space, by name. */
export interface Head {
  readonly height: bigint;
  readonly appHash: Uint8Array;
  readonly roots: ReadonlyMap<string, NodeRef>;
}

/** A node of a space that the version before the last still needs. */
export interface Orphan {
  readonly space: string;
  readonly version: number;
  readonly nonce: number;
}

/** What it takes to return from a version to the one before, and what may go once nobody can return. */
export interface Undo {
  readonly previous: Head;
  /** Entries as they were. */
  readonly entries: readonly Change[];
  /** How many nodes the version wrote in each space; their nonces count from 1. */
  readonly created: readonly (readonly [space: string, count: number])[];
  readonly orphans: readonly Orphan[];
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
  const parts = [lengthPrefixed(encodeHead(undo.previous)), u32be(undo.entries.length)];
  for (const { space, key, value } of undo.entries) {
    parts.push(textField(space), lengthPrefixed(key), Uint8Array.of(value === undefined ? 0 : 1));
    if (value !== undefined) parts.push(lengthPrefixed(value));
  }
  parts.push(u32be(undo.created.length));
  for (const [space, count] of undo.created) parts.push(textField(space), u32be(count));
  parts.push(u32be(undo.orphans.length));
  for (const { space, version, nonce } of undo.orphans)
    parts.push(textField(space), u32be(version), u32be(nonce));
  return concatAll(parts);
}

/** Reads what `encodeUndo` wrote; StoreError `corrupt` on other bytes. */
export const decodeUndo = (bytes: Uint8Array): Undo =>
  parse(UNDO_KEY, bytes, (reader) => ({
    previous: decodeHead(reader.bytes()),
    entries: list(reader, () => ({
      space: reader.text(),
      key: reader.bytes(),
      value: reader.u8() === 0 ? undefined : reader.bytes(),
    })),
    created: list(reader, () => [reader.text(), reader.u32()] as const),
    orphans: list(reader, () => ({ space: reader.text(), version: reader.u32(), nonce: reader.u32() })),
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
