import { compareBytes } from "#chain/bytes/compare.ts";
import { concat } from "#chain/bytes/concat.ts";
import { bigFromBytes, u32be, u64be, u128be } from "#chain/bytes/int.ts";
import { remembered } from "#chain/bytes/remembered.ts";
import { fromUtf8, utf8 } from "#chain/bytes/utf8.ts";
import { assert, ensure, errorSet } from "./error.ts";

/** A name that no table can hold: users send such, so it must not stop the node. */
export const errors = errorSet("kernel", {
  KeyTooLong: [2, "a name is longer than 255 bytes"],
});

/** How a key is written so that byte order is key order; `read` gives the key and where the next begins. */
export interface KeyCodec<K> {
  /** A text that no other key has, where that is cheaper than to write the key: it is remembered by it. */
  readonly name?: (key: K) => string;
  /** The same of a pair: names of both parts. */
  readonly names?: { readonly first: (key: K) => string; readonly second: (key: K) => string };
  write(key: K): Uint8Array;
  read(bytes: Uint8Array, at: number): readonly [K, number];
}

const KEY_TEXT_BYTES_MAX = 255;
/** Texts whose keys are kept: games and the like are asked for again and again. */
const TEXTS_REMEMBERED = 4_096;

export const u64Key: KeyCodec<bigint> = {
  write: u64be,
  read: (bytes, at) => [bigFromBytes(bytes.subarray(at, at + 8)), at + 8],
};

export const u128Key: KeyCodec<bigint> = {
  write: u128be,
  read: (bytes, at) => [bigFromBytes(bytes.subarray(at, at + 16)), at + 16],
};

export const u32Key: KeyCodec<number> = {
  write: u32be,
  read: (bytes, at) => [new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0), at + 4],
};

function writeText(key: string): Uint8Array {
  const bytes = utf8(key);
  ensure(bytes.length <= KEY_TEXT_BYTES_MAX, errors.KeyTooLong, { bytes: bytes.length });
  return concat(Uint8Array.of(bytes.length), bytes);
}

/**
 * A text of at most 255 bytes after its length: texts sort by length first. A longer one fails with (kernel,
 * 2).
 */
export const textKey: KeyCodec<string> = {
  name: (key) => key,
  write: remembered<string, Uint8Array>(TEXTS_REMEMBERED, (key) => key, writeText),
  read: (bytes, at) => {
    const end = at + 1 + (bytes[at] as number);
    return [fromUtf8(bytes.subarray(at + 1, end)), end];
  },
};

/** Bytes of one fixed length. */
export const bytesKey = (length: number): KeyCodec<Uint8Array> => ({
  write: (key) => {
    assert(key.length === length, `a key of ${key.length} bytes where ${length} are due`);
    return key;
  },
  read: (bytes, at) => [bytes.slice(at, at + length), at + length],
});

const U64_MAX = (1n << 64n) - 1n;

/** Unsigned 64-bit numbers, the greatest first. */
export const descendingKey: KeyCodec<bigint> = {
  write: (value) => u64Key.write(U64_MAX - value),
  read: (bytes, at) => {
    const [value, end] = u64Key.read(bytes, at);
    return [U64_MAX - value, end];
  },
};

export const pair = <A, B>(a: KeyCodec<A>, b: KeyCodec<B>): KeyCodec<readonly [A, B]> => ({
  ...namesOf(a, b),
  write: ([x, y]) => concat(a.write(x), b.write(y)),
  read: (bytes, at) => {
    const [x, middle] = a.read(bytes, at);
    const [y, end] = b.read(bytes, middle);
    return [[x, y], end];
  },
});

function namesOf<A, B>(
  { name: first }: KeyCodec<A>,
  { name: second }: KeyCodec<B>,
): Pick<KeyCodec<readonly [A, B]>, "names"> {
  if (!first || !second) return {};
  return { names: { first: ([x]) => first(x), second: ([, y]) => second(y) } };
}

export const triple = <A, B, C>(
  a: KeyCodec<A>,
  b: KeyCodec<B>,
  c: KeyCodec<C>,
): KeyCodec<readonly [A, B, C]> => ({
  write: ([x, y, z]) => concat(a.write(x), b.write(y), c.write(z)),
  read: (bytes, at) => {
    const [x, second] = a.read(bytes, at);
    const [y, third] = b.read(bytes, second);
    const [z, end] = c.read(bytes, third);
    return [[x, y, z], end];
  },
});

/** The first key after all that begin with the prefix, or undefined where there is none. */
export function prefixEnd(prefix: Uint8Array): Uint8Array | undefined {
  const end = prefix.slice();
  for (let i = end.length - 1; i >= 0; i--) {
    if (end[i] !== 0xff) {
      end[i] = (end[i] as number) + 1;
      return end.subarray(0, i + 1);
    }
  }
  return undefined;
}

/** Whether bytes begin with a prefix. */
export const beginsWith = (bytes: Uint8Array, prefix: Uint8Array): boolean =>
  bytes.length >= prefix.length && compareBytes(bytes.subarray(0, prefix.length), prefix) === 0;
