/** Base-128 varint of an unsigned 32-bit integer, at most 5 bytes; throws RangeError outside 0…2³²−1. */
export function uvarint(value: number): Uint8Array {
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff)
    throw new RangeError(`not a u32: ${value}`);
  const out: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    out.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  out.push(rest);
  return Uint8Array.from(out);
}

/** Zigzag varint (Go's `binary.PutVarint`) of a non-negative integer; throws RangeError outside 0…2³¹−1. */
export function zigzag(value: number): Uint8Array {
  if (!Number.isInteger(value) || value < 0 || value > 0x7fffffff)
    throw new RangeError(`not a u31: ${value}`);
  return uvarint((value << 1) >>> 0);
}
