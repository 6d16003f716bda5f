import { fromHex } from "./hex.ts";

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

/** Writes eight bytes, big-endian, of an integer in 0…2⁶⁴−1. A DataView would cost several times as much. */
function put64(out: Uint8Array, at: number, value: bigint): void {
  let low = Number(BigInt.asUintN(32, value));
  let high = Number(value >> 32n);
  for (let i = at + 7; i > at + 3; i--) {
    out[i] = low & 0xff;
    low >>>= 8;
  }
  for (let i = at + 3; i >= at; i--) {
    out[i] = high & 0xff;
    high >>>= 8;
  }
}

/** Eight bytes, big-endian; throws outside 0…2⁶⁴−1. */
export function u64be(value: bigint): Uint8Array {
  if (value < 0n || value > 0xffffffffffffffffn) throw new RangeError(`not a u64: ${value}`);
  const out = new Uint8Array(8);
  put64(out, 0, value);
  return out;
}

const U128_END = 1n << 128n;

/** Sixteen bytes, big-endian; throws outside 0…2¹²⁸−1. */
export function u128be(value: bigint): Uint8Array {
  if (value < 0n || value >= U128_END) throw new RangeError(`not a u128: ${value}`);
  const out = new Uint8Array(16);
  if (value <= 0xffffffffffffffffn) {
    put64(out, 8, value);
    return out;
  }
  put64(out, 0, value >> 64n);
  put64(out, 8, BigInt.asUintN(64, value));
  return out;
}

/** Four bytes as a number. */
const get32 = (bytes: Uint8Array, at: number): number =>
  (((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)) >>>
  0;

/** The high half below which eight bytes spell an exact number. */
const EXACT_HIGH_END = 0x20_0000;

function get64(bytes: Uint8Array, at: number): bigint {
  const [high, low] = [get32(bytes, at), get32(bytes, at + 4)];
  if (high < EXACT_HIGH_END) return BigInt(high * 0x1_0000_0000 + low);
  return (BigInt(high) << 32n) | BigInt(low);
}

/** The unsigned big-endian integer that the bytes spell; zero for none. */
export function bigFromBytes(bytes: Uint8Array): bigint {
  // Those of a state's numbers: without a step for each byte.
  if (bytes.length === 8) return get64(bytes, 0);
  if (bytes.length === 16) {
    const high = get64(bytes, 0);
    return high === 0n ? get64(bytes, 8) : (high << 64n) | get64(bytes, 8);
  }
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}

/** The shortest big-endian bytes of an integer of 0 or more: none for zero. */
export function bigBytes(value: bigint): Uint8Array {
  if (value < 0n) throw new RangeError(`negative: ${value}`);
  const digits = value === 0n ? "" : value.toString(16);
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  return fromHex(even);
}
