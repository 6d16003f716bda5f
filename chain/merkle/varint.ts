/** Writes the base-128 varint of an unsigned 32-bit integer, at most 5 bytes, and gives where it ends. */
function putUvarint(out: Uint8Array, at: number, value: number): number {
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
