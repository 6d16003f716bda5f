import { concat } from "#chain/bytes/concat.ts";
import { u32be } from "#chain/bytes/int.ts";
import { fromUtf8, utf8 } from "#chain/bytes/utf8.ts";

/** Reads the store's own records from front to back; every method throws RangeError past the end. */
export interface RecordReader {
  u8(): number;
  u32(): number;
  fixed(length: number): Uint8Array;
  /** Bytes after their length in four bytes. */
  bytes(): Uint8Array;
  text(): string;
  rest(): Uint8Array;
  /** Throws where bytes are left. */
  end(): void;
}

/** Writes four bytes, big-endian, and gives where they end. */
export function putU32(out: Uint8Array, at: number, value: number): number {
  out[at] = value >>> 24;
  out[at + 1] = value >>> 16;
  out[at + 2] = value >>> 8;
  out[at + 3] = value;
  return at + 4;
}

/** Bytes after their length in four bytes. */
export const lengthPrefixed = (bytes: Uint8Array): Uint8Array => concat(u32be(bytes.length), bytes);

/** UTF-8 of a text after its length in four bytes. */
export const textField = (text: string): Uint8Array => lengthPrefixed(utf8(text));

/** A reader over a record; the arrays it gives are views of it. */
export function recordReader(record: Uint8Array): RecordReader {
  const view = new DataView(record.buffer, record.byteOffset, record.length);
  let at = 0;
  const fixed = (length: number): Uint8Array => {
    if (length > record.length - at) throw new RangeError("record ends early");
    at += length;
    return record.subarray(at - length, at);
  };
  const u32 = (): number => {
    fixed(4);
    return view.getUint32(at - 4);
  };
  return {
    u8: () => fixed(1)[0] as number,
    u32,
    fixed,
    bytes: () => fixed(u32()),
    text: () => fromUtf8(fixed(u32())),
    rest: () => fixed(record.length - at),
    end() {
      if (at !== record.length) throw new RangeError("record is too long");
    },
  };
}
