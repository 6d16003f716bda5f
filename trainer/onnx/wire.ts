import { concat } from "#chain/bytes/concat.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { ensureTrainer, TrainerError } from "../error.ts";

// The protobuf wire format, as far as ONNX files need it. Source: protobuf.dev/programming-guides/encoding.

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Uint8Array.of(...bytes, rest);
}

/** A field that holds a non-negative integer below 2⁵³. */
export const integerField = (field: number, value: number): Uint8Array =>
  concat(varint(field * 8), varint(value));

/** A field that holds bytes, a text or a message, whose parts follow one another. */
export function bytesField(field: number, ...parts: readonly (Uint8Array | string)[]): Uint8Array {
  const body = concat(...parts.map((part) => (typeof part === "string" ? utf8(part) : part)));
  return concat(varint(field * 8 + 2), varint(body.length), body);
}

/** A field that holds a float of 32 bits. */
export function floatField(field: number, value: number): Uint8Array {
  const body = new Uint8Array(4);
  new DataView(body.buffer).setFloat32(0, value, true);
  return concat(varint(field * 8 + 5), body);
}

/** A value on the wire: an unsigned varint, or the bytes of a fixed or length-delimited field. */
type WireValue = bigint | Uint8Array;

/** The values of a message's fields by field number, each in the order of the bytes. */
export type Fields = ReadonlyMap<number, readonly WireValue[]>;

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

const malformed = "not a protobuf message";

function readVarint(cursor: Cursor): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = cursor.bytes[cursor.at++];
    ensureTrainer(byte !== undefined, "onnx", malformed);
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return BigInt.asUintN(64, value);
  }
  throw new TrainerError("onnx", malformed);
}

function readBytes(cursor: Cursor, length: number): Uint8Array {
  const from = cursor.at;
  ensureTrainer(length <= cursor.bytes.length - from, "onnx", malformed);
  cursor.at += length;
  return cursor.bytes.subarray(from, cursor.at);
}

function readValue(cursor: Cursor, wireType: number): WireValue {
  if (wireType === 0) return readVarint(cursor);
  if (wireType === 1) return readBytes(cursor, 8);
  if (wireType === 5) return readBytes(cursor, 4);
  ensureTrainer(wireType === 2, "onnx", malformed);
  return readBytes(cursor, Number(readVarint(cursor)));
}

/** The fields of a message; refuses malformed bytes. Views into the bytes, no copies. */
export function readFields(bytes: Uint8Array): Fields {
  const cursor = { bytes, at: 0 };
  const fields = new Map<number, WireValue[]>();
  while (cursor.at < bytes.length) {
    const tag = Number(readVarint(cursor));
    const field = Math.floor(tag / 8);
    const value = readValue(cursor, tag % 8);
    const values = fields.get(field);
    if (values === undefined) fields.set(field, [value]);
    else values.push(value);
  }
  return fields;
}

/** All length-delimited values of a field; refuses another wire type. */
export function bytesOf(fields: Fields, field: number): Uint8Array[] {
  return (fields.get(field) ?? []).map((value) => {
    ensureTrainer(typeof value !== "bigint", "onnx", `field ${field} has another type`);
    return value;
  });
}

/** All integers of a repeated field as signed 64-bit numbers, packed or not; refuses any above 2⁵³. */
export function integersOf(fields: Fields, field: number): number[] {
  const numbers: number[] = [];
  const push = (value: bigint): void => {
    const signed = Number(BigInt.asIntN(64, value));
    ensureTrainer(Number.isSafeInteger(signed), "onnx", `field ${field} is out of range`);
    numbers.push(signed);
  };
  for (const value of fields.get(field) ?? []) {
    if (typeof value === "bigint") push(value);
    else for (const cursor = { bytes: value, at: 0 }; cursor.at < value.length; ) push(readVarint(cursor));
  }
  return numbers;
}

function single<T>(values: readonly T[], field: number): T | undefined {
  ensureTrainer(values.length <= 1, "onnx", `field ${field} occurs ${values.length} times`);
  return values[0];
}

/** The integer of a field that occurs at most once; 0 when it is absent. */
export const integerOf = (fields: Fields, field: number): number =>
  single(integersOf(fields, field), field) ?? 0;

/** The bytes of a field that occurs at most once; empty when it is absent. */
export const oneOf = (fields: Fields, field: number): Uint8Array =>
  single(bytesOf(fields, field), field) ?? new Uint8Array();

/** The text of a field that occurs at most once; empty when it is absent. */
export const textOf = (fields: Fields, field: number): string => Buffer.from(oneOf(fields, field)).toString();

/** The texts of a repeated field. */
export const textsOf = (fields: Fields, field: number): string[] =>
  bytesOf(fields, field).map((bytes) => Buffer.from(bytes).toString());
