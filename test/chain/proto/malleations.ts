import { concat } from "#chain/bytes/concat.ts";
import type { Codec } from "#chain/proto/codec.ts";
import { type FieldInfo, isDecimal, KINDS, wireType } from "#chain/proto/field.ts";

/** One field on the wire: `value` without its length. */
interface Part {
  readonly field: FieldInfo;
  readonly value: Uint8Array;
}
/** A different encoding of a message, and the rule that it breaks. */
export interface Malleation {
  readonly what: string;
  readonly bytes: Uint8Array;
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A varint with that many bytes more than needed. */
function varint(value: bigint, extra = 0): Uint8Array {
  const out: number[] = [];
  for (let rest = value; out.length === 0 || rest > 0n; rest >>= 7n) out.push(Number(rest & 127n));
  for (let i = 0; i < extra; i++) out.push(0);
  return Uint8Array.from(out, (byte, i) => (i < out.length - 1 ? byte | 128 : byte));
}

const tagged = (tag: number, ...rest: Uint8Array[]): Uint8Array => concat(varint(BigInt(tag)), ...rest);
const delimited = (value: Uint8Array, extra = 0): Uint8Array =>
  concat(varint(BigInt(value.length), extra), value);
const isDelimited = (field: FieldInfo): boolean => (field.tag & 7) === 2;
const write = ({ field, value }: Part): Uint8Array =>
  tagged(field.tag, isDelimited(field) ? delimited(value) : value);

/** Splits a canonical encoding into its fields. */
function split(codec: Codec<unknown>, bytes: Uint8Array): Part[] {
  const parts: Part[] = [];
  let at = 0;
  const number = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++] as number;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = number();
    const field = codec.fields.find((f) => f.tag === tag) as FieldInfo;
    let length = { 0: 1, 1: 8, 2: 0, 5: 4 }[tag & 7] as number;
    if (isDelimited(field)) length = number();
    else if ((tag & 7) === 0) while ((bytes[at + length - 1] as number) > 127) length++;
    parts.push({ field, value: bytes.slice(at, at + length) });
    at += length;
  }
  return parts;
}

/** Every way of this file to write the same message otherwise, at each depth. */
export function* malleations(codec: Codec<unknown>, bytes: Uint8Array): Generator<Malleation> {
  const parts = split(codec, bytes);
  const written = parts.map(write);
  const put = (what: string, at: number, remove: number, ...pieces: Uint8Array[]): Malleation => ({
    what,
    bytes: concat(...written.slice(0, at), ...pieces, ...written.slice(at + remove)),
  });
  for (const [i, part] of parts.entries()) {
    for (const { what, bytes: other } of ofPart(part)) yield put(what, i, 1, other);
    const next = parts[i + 1];
    if (next && next.field !== part.field) yield put("order", i, 2, write(next), write(part));
    if (part.field.label !== "repeated") yield put("duplicate", i, 1, write(part), write(part));
    if (part.field.op !== KINDS.message) continue;
    const inner = (part.field.ref as () => Codec<unknown>)();
    for (const { what, bytes: other } of malleations(inner, part.value))
      yield put(what, i, 1, write({ field: part.field, value: other }));
  }
  yield* ofMessage(codec, parts, put);
}

/** Other encodings of one field. */
function* ofPart({ field, value }: Part): Generator<Malleation> {
  const rest = isDelimited(field) ? delimited(value) : value;
  yield { what: "long tag", bytes: concat(varint(BigInt(field.tag), 1), rest) };
  yield {
    what: "tag of ten bytes",
    bytes: concat(varint(BigInt(field.tag), 10 - varint(BigInt(field.tag)).length), rest),
  };
  for (const wire of [0, 1, 2, 3, 4, 5, 6, 7])
    if (wire !== (field.tag & 7)) yield { what: "wire type", bytes: tagged((field.tag & ~7) | wire, rest) };
  if (isDelimited(field)) {
    yield { what: "long length", bytes: tagged(field.tag, delimited(value, 1)) };
    yield { what: "length too large", bytes: tagged(field.tag, varint(BigInt(value.length) + 1n), value) };
    yield { what: "length of 64 bits", bytes: tagged(field.tag, varint(2n ** 64n - 1n), value) };
  }
  if ((field.tag & 7) === 0) yield { what: "long value", bytes: tagged(field.tag, longer(value)) };
  if (field.op === KINDS.string)
    yield { what: "UTF-8", bytes: tagged(field.tag, delimited(concat(value, Uint8Array.of(0xff)))) };
  if (field.op === KINDS.bool && field.label !== "packed")
    yield { what: "boolean 2", bytes: tagged(field.tag, Uint8Array.of(2)) };
  if (field.op === KINDS.enum && field.label !== "packed")
    yield { what: "enum", bytes: tagged(field.tag, Uint8Array.of(77)) };
  if (field.op === KINDS.uint32 && field.label !== "packed")
    yield { what: "33 bits", bytes: tagged(field.tag, varint(2n ** 32n)) };
  if (isDecimal(field.op)) {
    const decimal = new TextDecoder().decode(value);
    for (const other of [
      `0${decimal}`,
      `+${decimal}`,
      ` ${decimal}`,
      `${decimal}\n`,
      `-${decimal}`,
      "",
      `${field.op === KINDS.int ? 2n ** 128n : (10n ** 18n) << 128n}`,
      "0x1",
      "1e3",
    ])
      yield { what: "decimal", bytes: tagged(field.tag, delimited(utf8(other))) };
  }
  if (field.label === "packed" && value.length > 0 && wireType(field.op) === 0) {
    yield { what: "unpacked", bytes: concat(...varints(value).map((v) => tagged(field.tag & ~7, v))) };
    const [first, ...others] = varints(value) as [Uint8Array, ...Uint8Array[]];
    if (others.length > 0)
      yield {
        what: "packed twice",
        bytes: concat(tagged(field.tag, delimited(first)), tagged(field.tag, delimited(concat(...others)))),
      };
  }
}

const longer = (value: Uint8Array): Uint8Array => {
  const out = concat(value, Uint8Array.of(0));
  out[value.length - 1] = (value.at(-1) as number) | 128;
  return out;
};

function varints(bytes: Uint8Array): Uint8Array[] {
  const out: Uint8Array[] = [];
  let start = 0;
  for (const [i, byte] of bytes.entries()) {
    if (byte > 127) continue;
    out.push(bytes.slice(start, i + 1));
    start = i + 1;
  }
  return out;
}

type Put = (what: string, at: number, remove: number, ...pieces: Uint8Array[]) => Malleation;

/** Fields that should not be there, or are missing. */
function* ofMessage(codec: Codec<unknown>, parts: readonly Part[], put: Put): Generator<Malleation> {
  const after = (number: number): number => parts.filter((part) => part.field.number < number).length;
  const last = (codec.fields.at(-1)?.number ?? 0) + 1;
  yield put("unknown field", parts.length, 0, tagged(last * 8, Uint8Array.of(1)));
  yield put("field number 0", 0, 0, Uint8Array.of(0, 1));
  yield put("group", parts.length, 0, tagged(last * 8 + 3), tagged(last * 8 + 4));
  yield put("trailing byte", parts.length, 0, Uint8Array.of(0));
  if (parts.length > 0) yield put("truncated", parts.length - 1, 1, write(parts.at(-1) as Part).slice(0, -1));
  for (const field of codec.fields) {
    const at = after(field.number);
    if (parts[at]?.field === field) {
      if (isDecimal(field.op) && field.implicit) yield put("decimal missing", at, 1);
      continue;
    }
    if (field.label === "packed") yield put("empty list", at, 0, tagged(field.tag, Uint8Array.of(0)));
    const zero = new Uint8Array({ 0: 1, 1: 8, 2: 1, 5: 4 }[field.tag & 7] as number);
    if (field.implicit) yield put("zero value", at, 0, tagged(field.tag, zero));
    const sibling = parts.some((part) => part.field.group === field.group);
    const value = isDecimal(field.op) ? delimited(utf8("1")) : zero;
    if (field.group !== 0 && sibling) yield put("second of a oneof", at, 0, tagged(field.tag, value));
  }
}

/** A message nested in itself through the field of that tag, each level after the bytes of `before`. */
export function nested(tag: number, depth: number, before: Uint8Array): Uint8Array {
  let bytes = before;
  for (let i = 1; i < depth; i++) bytes = concat(before, tagged(tag, delimited(bytes)));
  return bytes;
}
