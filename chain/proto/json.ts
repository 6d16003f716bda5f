import { fromBase64, toBase64 } from "@cosmjs/encoding";
import type { Codec } from "./codec.ts";
import { decText, parseDecText } from "./dec.ts";
import { DEPTH_MAX } from "./decode.ts";
import { DecodeError } from "./error.ts";
import { type EnumValues, type FieldInfo, KINDS } from "./field.ts";
import { parseInt128 } from "./read.ts";
import { readWellKnown, writeWellKnown } from "./well-known.ts";

/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** How messages become JSON. */
export interface JsonOptions {
  /** Whether keys are the names of the .proto file, as the REST routes of cosmos.* have them. */
  readonly protoNames?: boolean;
  /** The codec of a type URL inside `Any`; an `Any` of another type stays `{typeUrl, value}`. */
  readonly anyType?: (typeUrl: string) => Codec<unknown> | undefined;
  /** Whether unset messages and empty bytes are written, as null: so Cosmos SDK's REST routes do. */
  readonly nulls?: boolean;
}

/**
 * The message as proto3 JSON with every field written, except unset ones unless told: 64-bit integers and
 * decimals as strings, numbers with 18 decimals with all of them, bytes in base64, enums by name, times in
 * RFC 3339.
 */
export function toJson<T>(codec: Codec<T>, value: T, options: JsonOptions = {}): Json {
  const special = writeWellKnown(
    codec,
    value,
    (inner, body) => toJson(inner, body, options),
    options.anyType,
  );
  if (special !== undefined) return special;
  const out: Record<string, Json> = {};
  for (const field of codec.fields) {
    const content = (value as Readonly<Record<string, unknown>>)[field.name];
    const key = options.protoNames === true ? field.protoName : field.name;
    const one = (element: unknown): Json => writeValue(field, element, options);
    if (options.nulls === true && isNull(field, content)) out[key] = null;
    else if (content !== undefined)
      out[key] = field.repeated ? (content as readonly unknown[]).map(one) : one(content);
  }
  return out;
}

/** Whether Cosmos SDK writes null for it. Members of a oneof that are not set are left out. */
const isNull = (field: FieldInfo, content: unknown): boolean =>
  content === undefined
    ? field.group === 0
    : field.op === KINDS.bytes && !field.repeated && (content as Uint8Array).length === 0;

function writeValue(field: FieldInfo, value: unknown, options: JsonOptions): Json {
  switch (field.op) {
    case KINDS.message:
      return toJson((field.ref as () => Codec<unknown>)(), value, options);
    case KINDS.bytes:
      return toBase64(value as Uint8Array);
    case KINDS.dec:
      return decText(value as bigint);
    case KINDS.enum: {
      const names = Object.entries((field.ref as () => EnumValues)());
      return names.find(([, number]) => number === value)?.[0] ?? (value as number);
    }
    default:
      return typeof value === "bigint" ? value.toString() : (value as string | number | boolean);
  }
}

/**
 * The message that the JSON describes: keys in either naming, absent ones zero. Throws DecodeError on an
 * unknown or doubled key, null, a number out of range or written otherwise than `toJson` writes it.
 */
export function fromJson<T>(codec: Codec<T>, json: Json, options: JsonOptions = {}): T {
  return readMessage(codec, json, options, 1) as T;
}

function readMessage(codec: Codec<unknown>, json: Json, options: JsonOptions, depth: number): unknown {
  if (depth > DEPTH_MAX) throw new DecodeError("nested too deep");
  const read = (inner: Codec<unknown>, body: Json): unknown => readMessage(inner, body, options, depth + 1);
  const special = readWellKnown(codec, json, read, options.anyType);
  if (special !== undefined) return special;
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw new DecodeError(`${codec.name}: not an object`);
  const draft = codec.zero() as Record<string, unknown>;
  const seen = new Set<FieldInfo>();
  const groups = new Set<number>();
  // Own keys only, looked up among the fields: a key such as `__proto__` is an unknown one.
  for (const [key, content] of Object.entries(json as { readonly [key: string]: Json })) {
    const field = codec.fields.find((f) => f.name === key || f.protoName === key);
    if (field === undefined) throw new DecodeError(`${codec.name}: unknown key ${key.slice(0, 64)}`);
    if (seen.has(field)) throw new DecodeError(`${codec.name}.${key}: given twice`);
    seen.add(field);
    if (field.group !== 0 && groups.has(field.group))
      throw new DecodeError(`${codec.name}.${key}: second member of its oneof`);
    groups.add(field.group);
    draft[field.name] = readField(codec, field, content, read);
  }
  return draft;
}

type ReadMessage = (codec: Codec<unknown>, json: Json) => unknown;

function readField(codec: Codec<unknown>, field: FieldInfo, json: Json, read: ReadMessage): unknown {
  const one = (element: Json): unknown =>
    field.op === KINDS.message
      ? read((field.ref as () => Codec<unknown>)(), element)
      : readScalar(field, element);
  try {
    if (!field.repeated) return one(json);
    if (!Array.isArray(json)) throw new DecodeError("not an array");
    return (json as readonly Json[]).map(one);
  } catch (error) {
    if (!(error instanceof DecodeError) || field.op === KINDS.message) throw error;
    throw new DecodeError(`${codec.name}.${field.name}: ${error.message}`);
  }
}

function readScalar(field: FieldInfo, json: Json): unknown {
  switch (field.op) {
    case KINDS.string:
      if (typeof json !== "string" || !json.isWellFormed()) throw new DecodeError("not a text");
      return json;
    case KINDS.bytes:
      return readBase64(json);
    case KINDS.int:
      if (typeof json !== "string") throw new DecodeError("not an integer in a string");
      return parseInt128(json);
    case KINDS.dec:
      if (typeof json !== "string") throw new DecodeError("not a number in a string");
      return parseDecText(json);
    case KINDS.bool:
      if (typeof json !== "boolean") throw new DecodeError("not a boolean");
      return json;
    case KINDS.enum:
      return readEnum(field, json);
    case KINDS.uint64:
    case KINDS.fixed64:
      return readBig(json, 0n, 0xffff_ffff_ffff_ffffn);
    case KINDS.int64:
    case KINDS.sint64:
    case KINDS.sfixed64:
      return readBig(json, -0x8000_0000_0000_0000n, 0x7fff_ffff_ffff_ffffn);
    case KINDS.uint32:
    case KINDS.fixed32:
      return readNumber(json, 0, 0xffff_ffff);
    default:
      return readNumber(json, -0x8000_0000, 0x7fff_ffff);
  }
}

function readBig(json: Json, least: bigint, most: bigint): bigint {
  if (typeof json !== "string" || !/^(0|-?[1-9][0-9]{0,19})$/.test(json))
    throw new DecodeError("not an integer in a string");
  const value = BigInt(json);
  if (value < least || value > most) throw new DecodeError("outside 64 bits");
  return value;
}

function readNumber(json: Json, least: number, most: number): number {
  if (typeof json !== "number" || !Number.isInteger(json) || json < least || json > most)
    throw new DecodeError("not an integer of 32 bits");
  // JSON knows −0; the wire does not.
  return json === 0 ? 0 : json;
}

function readEnum(field: FieldInfo, json: Json): number {
  const values = (field.ref as () => EnumValues)();
  const value = typeof json === "string" && Object.hasOwn(values, json) ? values[json] : json;
  if (typeof value !== "number" || !field.knows(value)) throw new DecodeError("unknown value");
  return value;
}

function readBase64(json: Json): Uint8Array {
  if (typeof json !== "string") throw new DecodeError("not base64");
  try {
    const bytes = fromBase64(json);
    // The bits that pad the last character are free in base64: only the canonical ones pass.
    if (toBase64(bytes) === json) return Uint8Array.from(bytes);
  } catch {
    // Refused below.
  }
  throw new DecodeError("not base64");
}
