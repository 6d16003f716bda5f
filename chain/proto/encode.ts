import type { Codec } from "./codec.ts";
import { EncodeError } from "./error.ts";
import { type FieldInfo, isDefault, KINDS } from "./field.ts";
import {
  checkI64,
  reserve,
  type Sink,
  writeBytes,
  writeDec,
  writeFixed32,
  writeFixed64,
  writeI64,
  writeInt,
  writeString,
  writeU32,
  writeU64,
} from "./write.ts";

type Message = Readonly<Record<string, unknown>>;

/** Appends the one encoding of the message: ascending fields, zero values left out, minimal varints. */
export function writeMessage(codec: Codec<unknown>, message: unknown, s: Sink): void {
  let groups = 0;
  for (const field of codec.fields) {
    const value = (message as Message)[field.name];
    if (value === undefined) {
      if (!field.repeated && !field.implicit) continue;
      throw new EncodeError(`${codec.name}.${field.name}: missing`);
    }
    if (field.group !== 0) {
      if ((groups & field.group) !== 0)
        throw new EncodeError(`${codec.name}.${field.name}: second member of its oneof`);
      groups |= field.group;
    }
    try {
      writeField(field, value, s);
    } catch (error) {
      if (!(error instanceof EncodeError) || field.op === KINDS.message) throw error;
      throw new EncodeError(`${codec.name}.${field.name}: ${error.message}`);
    }
  }
}

/** Appends one field with its tag, or nothing where its value is left out. */
export function writeField(field: FieldInfo, value: unknown, s: Sink): void {
  if (field.label === "repeated") {
    for (const element of value as readonly unknown[]) {
      writeU32(s, field.tag);
      writeValue(field, element, s);
    }
  } else if (field.label === "packed") {
    const elements = value as readonly unknown[];
    if (elements.length === 0) return;
    writeU32(s, field.tag);
    const start = beginLength(s);
    for (const element of elements) writeValue(field, element, s);
    endLength(s, start);
  } else if (!field.implicit || !isDefault(field, value)) {
    writeU32(s, field.tag);
    writeValue(field, value, s);
  }
}

/** Leaves one byte for a length and returns where the body starts. */
function beginLength(s: Sink): number {
  reserve(s, 1);
  return ++s.at;
}

/** Writes the length of what was written since `start` before it; moves it when one byte is too small. */
function endLength(s: Sink, start: number): void {
  const length = s.at - start;
  const shift =
    length < 0x80 ? 0 : length < 0x4000 ? 1 : length < 0x20_0000 ? 2 : length < 0x1000_0000 ? 3 : 4;
  if (shift > 0) {
    reserve(s, shift);
    s.bytes.copyWithin(start + shift, start, s.at);
  }
  const end = s.at + shift;
  s.at = start - 1;
  writeU32(s, length);
  s.at = end;
}

function writeValue(field: FieldInfo, value: unknown, s: Sink): void {
  switch (field.op) {
    case KINDS.message: {
      const start = beginLength(s);
      writeMessage((field.ref as () => Codec<unknown>)(), value, s);
      endLength(s, start);
      break;
    }
    case KINDS.string:
      writeString(s, value as string);
      break;
    case KINDS.bytes:
      writeBytes(s, value as Uint8Array);
      break;
    case KINDS.int:
      writeInt(s, value as bigint);
      break;
    case KINDS.dec:
      writeDec(s, value as bigint);
      break;
    case KINDS.uint64:
      writeU64(s, value as bigint);
      break;
    case KINDS.int64:
      writeI64(s, value as bigint);
      break;
    case KINDS.bool:
      writeU32(s, value === true ? 1 : 0);
      break;
    case KINDS.sint64:
      checkI64(value as bigint);
      writeU64(s, BigInt.asUintN(64, ((value as bigint) << 1n) ^ ((value as bigint) >> 63n)));
      break;
    case KINDS.fixed64:
      if (BigInt.asUintN(64, value as bigint) !== value) throw new EncodeError("outside 64 bits");
      writeFixed64(s, value);
      break;
    case KINDS.sfixed64:
      checkI64(value as bigint);
      writeFixed64(s, BigInt.asUintN(64, value as bigint));
      break;
    default:
      writeNumber(field, value as number, s);
      break;
  }
}

function writeNumber(field: FieldInfo, value: number, s: Sink): void {
  const unsigned = field.op === KINDS.uint32 || field.op === KINDS.fixed32;
  if ((unsigned ? value >>> 0 : value | 0) !== value) throw new EncodeError("outside 32 bits");
  switch (field.op) {
    case KINDS.uint32:
      writeU32(s, value);
      break;
    case KINDS.enum:
      if (!field.knows(value)) throw new EncodeError(`unknown value ${value}`);
      if (value < 0) writeI64(s, BigInt(value));
      else writeU32(s, value);
      break;
    case KINDS.int32:
      if (value < 0) writeI64(s, BigInt(value));
      else writeU32(s, value);
      break;
    case KINDS.sint32:
      writeU32(s, ((value << 1) ^ (value >> 31)) >>> 0);
      break;
    default:
      writeFixed32(s, value);
      break;
  }
}
