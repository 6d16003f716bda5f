import type { Codec } from "./codec.ts";
import { DecodeError } from "./error.ts";
import { type FieldInfo, isDecimal, isDefault, KINDS } from "./field.ts";
import {
  type Cursor,
  parseDec,
  parseInt128,
  readBytes,
  readFixed32,
  readFixed64,
  readI32,
  readI64,
  readString,
  readU32,
  readU64,
  take,
} from "./read.ts";

/** Messages nest at most this deep, the outermost one counted. */
export const DEPTH_MAX = 16;

type Draft = Record<string, unknown>;

/**
 * Reads one message that fills the bytes. Strict: accepts exactly what `encode` writes. Lenient: unknown
 * fields are skipped, any order, the last of several wins, zero values may be written. As a view, its fields
 * of bytes are parts of the given ones.
 */
export function decodeMessage(
  codec: Codec<unknown>,
  bytes: Uint8Array,
  lenient: boolean,
  isView = false,
): unknown {
  return readMessage(codec, { bytes, isView, at: 0, end: bytes.length }, 1, lenient);
}

function readMessage(codec: Codec<unknown>, c: Cursor, depth: number, lenient: boolean): unknown {
  if (depth > DEPTH_MAX) throw new DecodeError("nested too deep");
  const draft = codec.zero() as Draft;
  const fields = codec.fields;
  let index = 0;
  let groups = 0;
  let required = 0;
  while (c.at < c.end) {
    const tag = readU32(c);
    const found = findField(fields, tag, index, lenient);
    if (found < 0) {
      if (!lenient) throw new DecodeError(`${codec.name}: unknown, repeated or misplaced field, tag ${tag}`);
      if (!readUnpackedOrPacked(fields, draft, tag, c)) skip(c, tag);
      continue;
    }
    const field = fields[found] as FieldInfo;
    index = field.label === "repeated" ? found : found + 1;
    if (field.group !== 0) {
      if ((groups & field.group) !== 0) {
        if (!lenient) throw new DecodeError(`${codec.name}.${field.name}: second member of its oneof`);
        for (const other of fields) if (other.group === field.group) draft[other.name] = undefined;
      }
      groups |= field.group;
    }
    if (field.implicit && isDecimal(field.op)) required++;
    readField(codec, field, draft, c, depth, lenient);
  }
  // A decimal is always written, "0" too, as clients of cosmos.* expect; so it may not be missing.
  if (!lenient && required < codec.required) throw new DecodeError(`${codec.name}: missing decimal`);
  return draft;
}

/** Index of the field with that tag from `from` on (lenient: anywhere); −1 for none. */
function findField(fields: readonly FieldInfo[], tag: number, from: number, lenient: boolean): number {
  for (let i = from; i < fields.length; i++) if ((fields[i] as FieldInfo).tag === tag) return i;
  if (lenient) for (let i = 0; i < from; i++) if ((fields[i] as FieldInfo).tag === tag) return i;
  return -1;
}

function readField(
  codec: Codec<unknown>,
  field: FieldInfo,
  draft: Draft,
  c: Cursor,
  depth: number,
  lenient: boolean,
): void {
  try {
    if (field.label === "packed") {
      readPacked(field, draft, c, lenient);
      return;
    }
    const value =
      field.op === KINDS.message ? readNested(field, c, depth, lenient) : readScalar(field, c, lenient);
    if (field.repeated) push(draft, field.name, value);
    else if (!lenient && field.implicit && isDefault(field, value))
      throw new DecodeError("zero value written");
    else draft[field.name] = value;
  } catch (error) {
    // Nested messages have named the place already.
    if (!(error instanceof DecodeError) || field.op === KINDS.message) throw error;
    throw new DecodeError(`${codec.name}.${field.name}: ${error.message}`);
  }
}

function push(draft: Draft, name: string, value: unknown): void {
  const list = draft[name] as unknown[];
  // The empty list of a fresh draft is shared and frozen.
  if (list.length === 0) draft[name] = [value];
  else list.push(value);
}

function readNested(field: FieldInfo, c: Cursor, depth: number, lenient: boolean): unknown {
  const length = readU32(c);
  const outer = c.end;
  const start = take(c, length);
  c.at = start;
  c.end = start + length;
  const value = readMessage((field.ref as () => Codec<unknown>)(), c, depth + 1, lenient);
  c.end = outer;
  return value;
}

function readPacked(field: FieldInfo, draft: Draft, c: Cursor, lenient: boolean): void {
  const length = readU32(c);
  if (length === 0 && !lenient) throw new DecodeError("empty packed list");
  const outer = c.end;
  const start = take(c, length);
  c.at = start;
  c.end = start + length;
  while (c.at < c.end) push(draft, field.name, readScalar(field, c, lenient));
  c.end = outer;
}

/** Scalars are lists in either form for a lenient reader, whichever the .proto file prefers. */
function readUnpackedOrPacked(fields: readonly FieldInfo[], draft: Draft, tag: number, c: Cursor): boolean {
  const field = fields.find((f) => f.repeated && f.number === tag >>> 3);
  if (field === undefined || field.op >= KINDS.string) return false;
  if (field.label === "repeated" && (tag & 7) === 2) readPacked(field, draft, c, true);
  else if (field.label === "packed" && (tag & 7) !== 2) push(draft, field.name, readScalar(field, c, true));
  else return false;
  return true;
}

function readScalar(field: FieldInfo, c: Cursor, lenient: boolean): unknown {
  switch (field.op) {
    case KINDS.string:
      return readString(c);
    case KINDS.bytes:
      return readBytes(c);
    case KINDS.int:
      return parseInt128(readString(c));
    case KINDS.dec:
      return parseDec(readString(c));
    case KINDS.uint64:
      return readU64(c);
    case KINDS.int64:
      return readI64(c);
    case KINDS.uint32:
      return readU32(c);
    case KINDS.int32:
      return readI32(c);
    case KINDS.bool:
      return readBool(c);
    case KINDS.enum:
      return readEnum(field, c, lenient);
    case KINDS.sint32: {
      const zigzag = readU32(c);
      return (zigzag >>> 1) ^ -(zigzag & 1);
    }
    case KINDS.sint64: {
      const zigzag = readU64(c);
      return (zigzag >> 1n) ^ -(zigzag & 1n);
    }
    case KINDS.fixed64:
      return readFixed64(c);
    case KINDS.sfixed64:
      return BigInt.asIntN(64, readFixed64(c));
    case KINDS.fixed32:
      return readFixed32(c);
    default:
      return readFixed32(c) | 0;
  }
}

function readBool(c: Cursor): boolean {
  const value = readU32(c);
  if (value > 1) throw new DecodeError("not a boolean");
  return value === 1;
}

function readEnum(field: FieldInfo, c: Cursor, lenient: boolean): number {
  const value = readI32(c);
  if (!lenient && !field.knows(value)) throw new DecodeError(`unknown value ${value}`);
  return value;
}

/** Skips an unknown field; groups, long deprecated, are refused. */
function skip(c: Cursor, tag: number): void {
  switch (tag & 7) {
    case 0:
      readU64(c);
      break;
    case 1:
      take(c, 8);
      break;
    case 2:
      take(c, readU32(c));
      break;
    case 5:
      take(c, 4);
      break;
    default:
      throw new DecodeError(`wire type ${tag & 7}`);
  }
  if (tag >>> 3 === 0) throw new DecodeError("field number 0");
}
