import { concat } from "#chain/bytes/concat.ts";
import { bigFromBytes, u64be } from "#chain/bytes/int.ts";
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

/** One value of a module. */
export interface Item<V> {
  /** The value; stops the node when it was never set. */
  get(ctx: ReadCtx): V;
  find(ctx: ReadCtx): V | undefined;
  set(ctx: WriteCtx, value: V): void;
  delete(ctx: WriteCtx): void;
}

/** Values of a module by key, walked in key order. */
export interface Table<K, V> {
  get(ctx: ReadCtx, key: K): V | undefined;
  has(ctx: ReadCtx, key: K): boolean;
  set(ctx: WriteCtx, key: K, value: V): void;
  delete(ctx: WriteCtx, key: K): void;
  /** Entries whose key begins with a part that `codec` writes. Writes during the walk are not seen by it. */
  under<P>(ctx: ReadCtx, codec: KeyCodec<P>, part: P): Iterable<readonly [K, V]>;
  all(ctx: ReadCtx): Iterable<readonly [K, V]>;
  /** The key as it lies in the store, for proofs. */
  keyBytes(key: K): Uint8Array;
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
  const keyBytes = (key: K): Uint8Array => concat(prefix, keys.write(key));
  function* walk(ctx: ReadCtx, from: Uint8Array): Iterable<readonly [K, V]> {
    for (const [key, value] of ctx.store.range(space, from, prefixEnd(from)))
      yield [keys.read(key, prefix.length)[0], values.decode(value)];
  }
  return {
    get: (ctx, key) => {
      const found = ctx.store.get(space, keyBytes(key));
      return found && values.decode(found);
    },
    has: (ctx, key) => ctx.store.get(space, keyBytes(key)) !== undefined,
    set: (ctx, key, value) => ctx.store.set(space, keyBytes(key), values.encode(value)),
    delete: (ctx, key) => ctx.store.delete(space, keyBytes(key)),
    under: (ctx, codec, part) => walk(ctx, concat(prefix, codec.write(part))),
    all: (ctx) => walk(ctx, prefix),
    keyBytes,
  };
}

function item<V>(space: string, id: number, values: ValueCodec<V>): Item<V> {
  const key = Uint8Array.of(id);
  const find = (ctx: ReadCtx): V | undefined => {
    const found = ctx.store.get(space, key);
    return found && values.decode(found);
  };
  return {
    find,
    get: (ctx) => {
      const value = find(ctx);
      assert(value !== undefined, `item ${id} of ${space} was never set`);
      return value;
    },
    set: (ctx, value) => ctx.store.set(space, key, values.encode(value)),
    delete: (ctx) => ctx.store.delete(space, key),
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
    item: (id, values) => item(space, claim(id), values),
    table: (id, keys, values) => table(space, Uint8Array.of(claim(id)), keys, values),
  };
}
