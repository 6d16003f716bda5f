/** Writes the base-128 varint of an unsigned 32-bit integer, at most 5 bytes, and gives where it ends. */
export function putUvarint(out: Uint8Array, at: number, value: number): number {
  let end = at;
  let rest = value;
  while (rest > 0x7f) {
    out[end++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  out[end++] = rest;
  return end;
}

/** Base-128 varint of an unsigned 32-bit integer, at most 5 bytes; throws RangeError outside 0…2³²−1. */
export function uvarint(value: number): Uint8Array {
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff)
    throw new RangeError(`not a u32: ${value}`);
  const out = new Uint8Array(5);
  return out.slice(0, putUvarint(out, 0, value));
}

/** Zigzag varints (Go's `binary.PutVarint`) of non-negative integers; RangeError outside 0…2³¹−1. */
export function zigzags(...values: readonly number[]): Uint8Array {
  const out = new Uint8Array(5 * values.length);
  let end = 0;
  for (const value of values) {
    if (!Number.isInteger(value) || value < 0 || value > 0x7fffffff)
      throw new RangeError(`not a u31: ${value}`);
    end = putUvarint(out, end, (value << 1) >>> 0);
  }
  return out.subarray(0, end);
}

/**
 * Reads zigzag varints of non-negative integers from the front, as `zigzags` writes them, and gives them with
 * where they end; undefined for any other bytes, longer forms of a number among them.
 */
export function readZigzags(
  bytes: Uint8Array,
  count: number,
): { readonly values: readonly number[]; readonly end: number } | undefined {
  const values: number[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    let value = 0;
    let shift = 0;
    for (;;) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 28 || (shift === 28 && byte > 0x0f)) return undefined;
      value |= (byte & 0x7f) << shift;
      if (byte <= 0x7f) {
        if (byte === 0 && shift > 0) return undefined;
        break;
      }
      shift += 7;
    }
    if ((value & 1) !== 0) return undefined;
    values.push(value >>> 1);
  }
  return { values, end: at };
}
