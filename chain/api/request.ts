import type { Codec } from "#chain/proto/codec.ts";
import { DecodeError } from "#chain/proto/error.ts";
import { type FieldInfo, KINDS } from "#chain/proto/field.ts";
import { fromJson, type Json } from "#chain/proto/json.ts";
import { anyType } from "./any-types.ts";
import { ApiError } from "./errors.ts";

/** Texts of a URL by the path of the field that they are for, e.g. `pagination.limit`. */
export type Texts = readonly (readonly [path: string, text: string])[];

type Draft = { [key: string]: Json | Json[] | Draft };

const small: readonly number[] = [KINDS.uint32, KINDS.int32, KINDS.sint32, KINDS.fixed32, KINDS.sfixed32];

const booleans: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["1", true],
  ["false", false],
  ["0", false],
]);

/** A text of a URL as JSON of the field's kind; one that is none of that kind stays a text, to be refused. */
function jsonOfText({ op }: FieldInfo, text: string): Json {
  if (op === KINDS.bool) return booleans.get(text) ?? text;
  if (small.includes(op) || (op === KINDS.enum && /^[0-9]{1,9}$/.test(text)))
    return /^-?[0-9]{1,10}$/.test(text) ? Number(text) : text;
  // Keys of pages travel in URLs: both alphabets are read, with padding or without.
  if (op === KINDS.bytes) return Buffer.from(text, "base64").toString("base64");
  return text;
}

/** Puts a text where its path leads; fields that the message does not have are ignored, as by gateways. */
function place(codec: Codec<unknown>, draft: Draft, path: readonly string[], text: string): void {
  const [first = "", ...rest] = path;
  const field = codec.fields.find(({ name, protoName }) => protoName === first || name === first);
  if (field === undefined) return;
  const key = field.protoName;
  if (field.op === KINDS.message) {
    if (field.repeated || rest.length === 0) throw new ApiError("invalidArgument", `${key} takes no text`);
    const inner = (Object.hasOwn(draft, key) ? draft[key] : {}) as Draft;
    draft[key] = inner;
    place((field.ref as () => Codec<unknown>)(), inner, rest, text);
    return;
  }
  if (rest.length > 0) return;
  const value = jsonOfText(field, text);
  if (!field.repeated && Object.hasOwn(draft, key))
    throw new ApiError("invalidArgument", `${key} is given twice`);
  draft[key] = field.repeated ? [...((draft[key] as Json[] | undefined) ?? []), value] : value;
}

function read<T>(codec: Codec<T>, json: Json): T {
  try {
    return fromJson(codec, json, { anyType });
  } catch (error) {
    if (error instanceof DecodeError) throw new ApiError("invalidArgument", error.message.slice(0, 300));
    throw error;
  }
}

/** The request that the texts of a URL describe; throws ApiError. */
export function requestOfTexts<T>(codec: Codec<T>, texts: Texts): T {
  const draft: Draft = {};
  for (const [path, text] of texts) place(codec, draft, path.split("."), text);
  return read(codec, draft as Json);
}

/** The request that a body describes, where null stands for what is not set; throws ApiError. */
export function requestOfBody<T>(codec: Codec<T>, body: unknown): T {
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new ApiError("invalidArgument", "the body is no JSON object");
  const set = Object.entries(body as Readonly<Record<string, Json>>).filter(([, value]) => value !== null);
  return read(codec, Object.fromEntries(set));
}

/** The deepest nesting of arrays and objects in a JSON text. */
function depthOf(text: string): number {
  let [depth, deepest, inText] = [0, 0, false];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (inText) {
      if (character === "\\") at += 1;
      else inText = character !== '"';
    } else if (character === '"') inText = true;
    else if (character === "[" || character === "{") deepest = Math.max(deepest, ++depth);
    else if (character === "]" || character === "}") depth -= 1;
  }
  return deepest;
}

/** A body as JSON; throws ApiError unless it is some that is not nested too deep. */
export function jsonOfBody(text: string, depthMax: number): unknown {
  if (depthOf(text) > depthMax) throw new ApiError("invalidArgument", "the body is nested too deep");
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new ApiError("invalidArgument", "the body is no JSON");
  }
}
