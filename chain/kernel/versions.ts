import type { ReadCtx, WriteCtx } from "./ctx.ts";
import { descendingKey, pair, textKey } from "./keys.ts";
import type { Keyspace, ValueCodec } from "./state.ts";

/** Values by name, each of which holds from a number on until the next one does. */
export interface Versions<V> {
  /** What holds at the number; undefined before the first. */
  at(ctx: ReadCtx, name: string, number: bigint): V | undefined;
  set(ctx: WriteCtx, name: string, from: bigint, value: V): void;
  has(ctx: ReadCtx, name: string, from: bigint): boolean;
  /** The values of a name with the numbers from which they hold, the latest first. */
  of(ctx: ReadCtx, name: string): Iterable<readonly [bigint, V]>;
  /** Every value, by name, the latest of each first. */
  all(ctx: ReadCtx): Iterable<readonly [readonly [string, bigint], V]>;
  /** Every name once. */
  names(ctx: ReadCtx): Iterable<string>;
}

/** A table of versions of a module. */
export function versions<V>(space: Keyspace, id: number, value: ValueCodec<V>): Versions<V> {
  const table = space.table(id, pair(textKey, descendingKey), value);
  function* of(ctx: ReadCtx, name: string): Iterable<readonly [bigint, V]> {
    for (const [[, from], found] of table.under(ctx, textKey, name)) yield [from, found];
  }
  return {
    of,
    at: (ctx, name, number) => {
      for (const [from, found] of of(ctx, name)) if (from <= number) return found;
      return undefined;
    },
    set: (ctx, name, from, given) => table.set(ctx, [name, from], given),
    has: (ctx, name, from) => table.has(ctx, [name, from]),
    all: (ctx) => table.all(ctx),
    *names(ctx) {
      let last: string | undefined;
      for (const [[name]] of table.all(ctx)) {
        if (name !== last) yield name;
        last = name;
      }
    },
  };
}
