import { partToKey } from "#chain/bytes/latin1.ts";
import { DecodeError } from "./error.ts";

/** A place within bytes and where the message being read ends. */
export interface Cursor {
  readonly bytes: Uint8Array;
  /** Whether fields of bytes are views of these. */
  readonly isView: boolean;
  at: number;
  end: number;
}

const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const truncated = (): DecodeError => new DecodeError("truncated");

function nextByte(c: Cursor): number {
  if (c.at >= c.end) throw truncated();
  return c.bytes[c.at++] as number;
}

/** A minimal varint below 2³². */
export function readU32(c: Cursor): number {
  let byte = nextByte(c);
  if (byte < 0x80) return byte;
  let value = byte & 0x7f;
  for (let shift = 7; shift <= 28; shift += 7) {
    byte = nextByte(c);
    if (shift === 28 && byte > 0x0f) throw new DecodeError("varint above 32 bits");
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) {
      if (byte === 0) throw new DecodeError("varint not minimal");
      return value >>> 0;
    }
  }
  throw new DecodeError("varint above 32 bits");
}

/** A minimal varint below 2⁶⁴. */
export function readU64(c: Cursor): bigint {
  let low = 0;
  let factor = 1;
  for (let count = 1; count <= 7; count++) {
    const byte = nextByte(c);
    low += (byte & 0x7f) * factor;
    if (byte < 0x80) {
      if (byte === 0 && count > 1) throw new DecodeError("varint not minimal");
      return BigInt(low);
    }
    factor *= 128;
  }
  let high = 0;
  for (let shift = 0; shift <= 14; shift += 7) {
    const byte = nextByte(c);
    if (shift === 14 && byte > 1) throw new DecodeError("varint above 64 bits");
    high |= (byte & 0x7f) << shift;
    if (byte < 0x80) {
      if (byte === 0) throw new DecodeError("varint not minimal");
      return (BigInt(high) << 49n) | BigInt(low);
    }
  }
  throw new DecodeError("varint above 64 bits");
}

/** Two's complement in 64 bits, as `int64` and `int32` travel. */
export const readI64 = (c: Cursor): bigint => BigInt.asIntN(64, readU64(c));

/** An `int32`: negative ones take ten bytes. */
export function readI32(c: Cursor): number {
  if (c.at < c.end && (c.bytes[c.at] as number) < 0x80) return c.bytes[c.at++] as number;
  const value = readI64(c);
  if (value < -0x80000000n || value > 0x7fffffffn) throw new DecodeError("outside 32 bits");
  return Number(value);
}

/** Four bytes, little-endian, unsigned. */
export function readFixed32(c: Cursor): number {
  const at = take(c, 4);
  const b = c.bytes;
  return (
    ((b[at] as number) |
      ((b[at + 1] as number) << 8) |
      ((b[at + 2] as number) << 16) |
      ((b[at + 3] as number) << 24)) >>>
    0
  );
}

/** Eight bytes, little-endian, unsigned. */
export function readFixed64(c: Cursor): bigint {
  const low = readFixed32(c);
  return (BigInt(readFixed32(c)) << 32n) | BigInt(low);
}

/** Skips that many bytes and returns where they begin; throws when the message ends before them. */
export function take(c: Cursor, length: number): number {
  const at = c.at;
  if (length > c.end - at) throw truncated();
  c.at = at + length;
  return at;
}

/** A length-delimited UTF-8 text; malformed UTF-8 is refused. */
export function readString(c: Cursor): string {
  const length = readU32(c);
  const at = take(c, length);
  // A call of TextDecoder costs more than to look whether it is ASCII, as most texts are.
  for (let i = at; i < at + length; i++)
    if ((c.bytes[i] as number) >= 0x80) return decodeText(c.bytes.subarray(at, at + length));
  if (length > 12) return partToKey(c.bytes, at, at + length);
  let out = "";
  for (let i = at; i < at + length; i++) out += String.fromCharCode(c.bytes[i] as number);
  return out;
}

function decodeText(bytes: Uint8Array): string {
  try {
    return text.decode(bytes);
  } catch {
    throw new DecodeError("malformed UTF-8");
  }
}

/** Length-delimited bytes; copied, so that they outlive the buffer of a socket, but for a view. */
export function readBytes(c: Cursor): Uint8Array {
  const length = readU32(c);
  const at = take(c, length);
  return c.isView ? c.bytes.subarray(at, at + length) : c.bytes.slice(at, at + length);
}

const CANONICAL_INT = /^(0|[1-9][0-9]{0,38})$/;
const CANONICAL_DEC = /^(0|[1-9][0-9]{0,56})$/;
/** Amounts stay below 2¹²⁸. */
export const INT_END = 1n << 128n;
/** Numbers with 18 decimals stay below it too; in units of 10⁻¹⁸. */
export const DEC_END: bigint = INT_END * 10n ** 18n;

/** The integer that a canonical decimal spells: no sign, no leading zero, below 2¹²⁸. */
export function parseInt128(decimal: string): bigint {
  if (!CANONICAL_INT.test(decimal)) throw new DecodeError("not a canonical integer");
  const value = BigInt(decimal);
  if (value >= INT_END) throw new DecodeError("integer of 2^128 or more");
  return value;
}

/** The number below 2¹²⁸ with 18 decimals whose units of 10⁻¹⁸ a canonical decimal spells. */
export function parseDec(decimal: string): bigint {
  if (!CANONICAL_DEC.test(decimal)) throw new DecodeError("not a canonical decimal");
  const value = BigInt(decimal);
  if (value >= DEC_END) throw new DecodeError("decimal of 2^128 or more");
  return value;
}
