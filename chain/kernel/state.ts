import { concat } from "#chain/bytes/concat.ts";
import { bigFromBytes, u64be } from "#chain/bytes/int.ts";
import { toKey } from "#chain/bytes/latin1.ts";
import { remembered } from "#chain/bytes/remembered.ts";
import type { ReadCtx, WriteCtx } from "./ctx.ts";
import { assert } from "./error.ts";
import { type KeyCodec, prefixEnd } from "./keys.ts";

/** How a value is stored. Every generated `Codec` is one. */
export interface ValueCodec<V> {
  encode(value: V): Uint8Array;
  decode(bytes: Uint8Array): V;
}

export const u64Value: ValueCodec<bigint> = { encode: u64be, decode: bigFromBytes };

/** Non-empty bytes as they are. */
export const bytesValue: ValueCodec<Uint8Array> = { encode: (v) => v, decode: (v) => v };

/** A table with this value is a set: only its keys mean something. */
export const present: ValueCodec<true> = { encode: () => Uint8Array.of(1), decode: () => true };

/** Messages of up to so many bytes are remembered as they were decoded. */
const REMEMBERED_BYTES_MAX = 512;
const KEYS_REMEMBERED = 16_384;
/** Of pairs, beside each first part. */
const SECONDS_REMEMBERED = 4;
const decodedBy: unique symbol = Symbol("decoded by");
const decoded: unique symbol = Symbol("decoded");

/** An array with what a codec makes of it. A WeakMap would do the same at thirty times the cost. */
interface Marked extends Uint8Array {
  [decodedBy]?: unknown;
  [decoded]?: unknown;
}

function mark<V>(codec: ValueCodec<V>, bytes: Marked, value: V): void {
  if (bytes.length > REMEMBERED_BYTES_MAX) return;
  bytes[decodedBy] = codec;
  bytes[decoded] = value;
}

/**
 * The same codec for the state, which remembers what it made of which array: the store and those above it
 * give the same array for an entry until another is written. Neither arrays nor values are ever changed.
 */
function remembering<V>(values: ValueCodec<V>): ValueCodec<V> {
  // Numbers and bytes are read as fast as they are found.
  if (!("fields" in values)) return values;
  return {
    encode: (value) => {
      const bytes = values.encode(value);
      mark(values, bytes, value);
      return bytes;
    },
    decode: (bytes: Marked) => {
      if (bytes[decodedBy] === values) return bytes[decoded] as V;
      const value = values.decode(bytes);
      mark(values, bytes, value);
      return value;
    },
  };
}

/** A key as it lies in the store, and what `toKey` makes of it where that is remembered. */
interface StoreKey {
  readonly bytes: Uint8Array;
  readonly id: string | undefined;
}

/** Makes the keys of a table. */
function keyMaker<K>(prefix: Uint8Array, keys: KeyCodec<K>): (key: K) => StoreKey {
  const { name, names } = keys;
  const make = (key: K): StoreKey => {
    const bytes = concat(prefix, keys.write(key));
    return { bytes, id: toKey(bytes) };
  };
  if (name) return remembered<K, StoreKey>(KEYS_REMEMBERED, name, make);
  if (!names) return (key) => ({ bytes: concat(prefix, keys.write(key)), id: undefined });
  const under = remembered<K, Map<string, StoreKey>>(KEYS_REMEMBERED, names.first, () => new Map());
  return (key) => {
    const known = under(key);
    const second = names.second(key);
    const found = known.get(second);
    if (found !== undefined) return found;
    const made = make(key);
    if (known.size >= SECONDS_REMEMBERED) known.clear();
    known.set(second, made);
    return made;
  };
}

/** Where a value of a module lies in the store and how it is read: for proofs. */
export interface StateEntry<V> {
  readonly space: string;
  readonly key: Uint8Array;
  decode(bytes: Uint8Array): V;
}

/** One value of a module. */
export interface Item<V> {
  /** The value; stops the node when it was never set. */
  get(ctx: ReadCtx): V;
  find(ctx: ReadCtx): V | undefined;
  set(ctx: WriteCtx, value: V): void;
  delete(ctx: WriteCtx): void;
  entry(): StateEntry<V>;
}

/** Values of a module by key, walked in key order. */
export interface Table<K, V> {
  get(ctx: ReadCtx, key: K): V | undefined;
  has(ctx: ReadCtx, key: K): boolean;
  set(ctx: WriteCtx, key: K, value: V): void;
  delete(ctx: WriteCtx, key: K): void;
  /**
   * Entries whose key begins with a part that `codec` writes, all or those behind a key of that part. Writes
   * during the walk are not seen by it.
   */
  under<P>(ctx: ReadCtx, codec: KeyCodec<P>, part: P, after?: K): Iterable<readonly [K, V]>;
  all(ctx: ReadCtx): Iterable<readonly [K, V]>;
  /** The key as it lies in the store, for proofs. */
  keyBytes(key: K): Uint8Array;
  entry(key: K): StateEntry<V>;
}

export interface Keyspace {
  item<V>(id: number, value: ValueCodec<V>): Item<V>;
  table<K, V>(id: number, key: KeyCodec<K>, value: ValueCodec<V>): Table<K, V>;
}

const KEY_ID_MAX = 127;

function table<K, V>(
  space: string,
  prefix: Uint8Array,
  keys: KeyCodec<K>,
  values: ValueCodec<V>,
): Table<K, V> {
  const keyOf = keyMaker(prefix, keys);
  function* walk(ctx: ReadCtx, part: Uint8Array, after?: K): Iterable<readonly [K, V]> {
    // No key is the beginning of another one: the next is not before this one with a zero behind it.
    const from = after === undefined ? part : concat(keyOf(after).bytes, Uint8Array.of(0));
    for (const [key, value] of ctx.store.range(space, from, prefixEnd(part)))
      yield [keys.read(key, prefix.length)[0], values.decode(value)];
  }
  return {
    get: (ctx, key) => {
      const { bytes, id } = keyOf(key);
      const found = ctx.store.get(space, bytes, id);
      return found && values.decode(found);
    },
    has: (ctx, key) => {
      const { bytes, id } = keyOf(key);
      return ctx.store.get(space, bytes, id) !== undefined;
    },
    set: (ctx, key, value) => {
      const { bytes, id } = keyOf(key);
      ctx.store.set(space, bytes, values.encode(value), id);
    },
    delete: (ctx, key) => {
      const { bytes, id } = keyOf(key);
      ctx.store.delete(space, bytes, id);
    },
    under: (ctx, codec, part, after) => walk(ctx, concat(prefix, codec.write(part)), after),
    all: (ctx) => walk(ctx, prefix),
    keyBytes: (key) => keyOf(key).bytes,
    entry: (key) => ({ space, key: keyOf(key).bytes, decode: (bytes) => values.decode(bytes) }),
  };
}

function item<V>(space: string, id: number, values: ValueCodec<V>): Item<V> {
  const key = Uint8Array.of(id);
  const keyId = toKey(key);
  const find = (ctx: ReadCtx): V | undefined => {
    const found = ctx.store.get(space, key, keyId);
    return found && values.decode(found);
  };
  return {
    find,
    get: (ctx) => {
      const value = find(ctx);
      assert(value !== undefined, `item ${id} of ${space} was never set`);
      return value;
    },
    set: (ctx, value) => ctx.store.set(space, key, values.encode(value), keyId),
    delete: (ctx) => ctx.store.delete(space, key, keyId),
    entry: () => ({ space, key, decode: (bytes) => values.decode(bytes) }),
  };
}

/** The typed state of one module. Ids are its key prefixes: 1…127, never reused. */
export function keyspace(space: string): Keyspace {
  const taken = new Set<number>();
  const claim = (id: number): number => {
    assert(Number.isInteger(id) && id > 0 && id <= KEY_ID_MAX, `key id ${id} of ${space} is out of range`);
    assert(!taken.has(id), `key id ${id} of ${space} is taken`);
    taken.add(id);
    return id;
  };
  return {
    item: (id, values) => item(space, claim(id), remembering(values)),
    table: (id, keys, values) => table(space, Uint8Array.of(claim(id)), keys, remembering(values)),
  };
}
