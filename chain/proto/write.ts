import { utf8 } from "#chain/bytes/utf8.ts";
import { EncodeError } from "./error.ts";
import { DEC_END, INT_END } from "./read.ts";

/** A growing buffer: bytes before `at` are written. */
export interface Sink {
  bytes: Uint8Array;
  at: number;
}

/** Makes room for that many more bytes. */
export function reserve(s: Sink, length: number): void {
  if (s.at + length <= s.bytes.length) return;
  let size = Math.max(1024, s.bytes.length * 2);
  while (size < s.at + length) size *= 2;
  const grown = new Uint8Array(size);
  grown.set(s.bytes.subarray(0, s.at));
  s.bytes = grown;
}

/** A varint of an integer in 0…2³²−1 (not checked). */
export function writeU32(s: Sink, value: number): void {
  reserve(s, 5);
  let rest = value;
  while (rest > 0x7f) {
    s.bytes[s.at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  s.bytes[s.at++] = rest;
}

/** A varint of an integer in 0…2⁶⁴−1; throws outside. */
export function writeU64(s: Sink, value: bigint): void {
  if (value < 0n || value > 0xffff_ffff_ffff_ffffn) throw new EncodeError("outside 64 bits");
  let rest = value;
  while (rest > 0xffff_ffffn) {
    const low = Number(rest & 0xfff_ffffn);
    reserve(s, 4);
    for (let shift = 0; shift < 28; shift += 7) s.bytes[s.at++] = ((low >>> shift) & 0x7f) | 0x80;
    rest >>= 28n;
  }
  writeU32(s, Number(rest));
}

/** An integer of −2⁶³…2⁶³−1 in two's complement; throws outside. */
export function writeI64(s: Sink, value: bigint): void {
  checkI64(value);
  writeU64(s, BigInt.asUintN(64, value));
}

/** Throws unless the value fits a signed integer of 64 bits. */
export function checkI64(value: bigint): void {
  if (BigInt.asIntN(64, value) !== value) throw new EncodeError("outside 64 bits");
}

/** Four bytes, little-endian, of an integer in 0…2³²−1 (not checked). */
export function writeFixed32(s: Sink, value: number): void {
  reserve(s, 4);
  for (let shift = 0; shift < 32; shift += 8) s.bytes[s.at++] = (value >>> shift) & 0xff;
}

/** Eight bytes, little-endian, of the low 64 bits. */
export function writeFixed64(s: Sink, value: bigint): void {
  writeFixed32(s, Number(value & 0xffff_ffffn));
  writeFixed32(s, Number((value >> 32n) & 0xffff_ffffn));
}

/** A length and the bytes. */
export function writeBytes(s: Sink, bytes: Uint8Array): void {
  writeU32(s, bytes.length);
  reserve(s, bytes.length);
  s.bytes.set(bytes, s.at);
  s.at += bytes.length;
}

/** A length and the UTF-8 of a text; throws on a lone surrogate, which has none. */
export function writeString(s: Sink, value: string): void {
  if (value.length <= 64 && writeShortAscii(s, value)) return;
  if (!value.isWellFormed()) throw new EncodeError("text with a lone surrogate");
  writeBytes(s, utf8(value));
}

/** Writes a text of at most 64 ASCII characters; returns false, with nothing written, for another. */
function writeShortAscii(s: Sink, value: string): boolean {
  const length = value.length;
  const start = s.at;
  reserve(s, 1 + length);
  s.bytes[start] = length;
  for (let i = 0; i < length; i++) {
    const code = value.charCodeAt(i);
    if (code >= 0x80) return false;
    s.bytes[start + 1 + i] = code;
  }
  s.at = start + 1 + length;
  return true;
}

/** The canonical decimal of an integer of 0…2¹²⁸−1; throws outside. */
export function writeInt(s: Sink, value: bigint): void {
  if (value < 0n || value >= INT_END) throw new EncodeError("integer outside 0…2^128−1");
  writeString(s, value.toString());
}

/** A number of 0…2¹²⁸ with 18 decimals as the decimal of its units of 10⁻¹⁸; throws outside. */
export function writeDec(s: Sink, value: bigint): void {
  if (value < 0n || value >= DEC_END) throw new EncodeError("decimal outside 0…2^128");
  writeString(s, value.toString());
}
