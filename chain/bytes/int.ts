/** Two bytes, big-endian; throws outside 0…65535. */
export function u16be(value: number): Uint8Array {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff) throw new RangeError(`not a u16: ${value}`);
  return Uint8Array.of(value >>> 8, value & 0xff);
}

/** Four bytes, big-endian; throws outside 0…2³²−1. */
export function u32be(value: number): Uint8Array {
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff)
    throw new RangeError(`not a u32: ${value}`);
  return Uint8Array.of(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
}

/** Eight bytes, big-endian; throws outside 0…2⁶⁴−1. */
export function u64be(value: bigint): Uint8Array {
  if (value < 0n || value > 0xffffffffffffffffn) throw new RangeError(`not a u64: ${value}`);
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, value);
  return out;
}

/** Sixteen bytes, big-endian; throws outside 0…2¹²⁸−1. */
export function u128be(value: bigint): Uint8Array {
  if (value < 0n || value >= 1n << 128n) throw new RangeError(`not a u128: ${value}`);
  const out = new Uint8Array(16);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, value >> 64n);
  view.setBigUint64(8, value & 0xffffffffffffffffn);
  return out;
}

/** The unsigned big-endian integer that the bytes spell; zero for none. */
export function bigFromBytes(bytes: Uint8Array): bigint {
  const { length } = bytes;
  // Those of a state's numbers: without a step for each byte.
  if (length === 8 || length === 16) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, length);
    const high = view.getBigUint64(0);
    return length === 8 ? high : high === 0n ? view.getBigUint64(8) : (high << 64n) | view.getBigUint64(8);
  }
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}
