import { CID } from "multiformats/cid";
import { ensure } from "./error.ts";

type Fields<K extends string> = Readonly<Record<K, unknown>>;

/** The value as a map that has exactly the keys. */
export function asRecord<K extends string>(what: string, value: unknown, keys: readonly K[]): Fields<K> {
  ensure(isMap(value), "malformed", `${what} is not a map`);
  const count = Object.keys(value).length;
  for (const key of keys) ensure(Object.hasOwn(value, key), "malformed", `${what} lacks ${key}`);
  ensure(count === keys.length, "malformed", `${what} has an unknown field`);
  return value as Fields<K>;
}

function isMap(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  return !Array.isArray(value) && !(value instanceof Uint8Array) && CID.asCID(value) === null;
}

/** The value as a text of at most `max` UTF-16 units. */
export function asText(what: string, value: unknown, max = 1000): string {
  ensure(typeof value === "string" && value.length <= max, "malformed", `${what} is not a short text`);
  return value;
}

/** The value as bytes. */
export function asBytes(what: string, value: unknown): Uint8Array {
  ensure(value instanceof Uint8Array, "malformed", `${what} is not bytes`);
  return value;
}

/** The value as a content address. */
export function asCid(what: string, value: unknown): CID {
  const cid = CID.asCID(value);
  ensure(cid !== null, "malformed", `${what} is not a link`);
  return cid;
}

/** The value as a list of at most `max` entries. */
export function asList(what: string, value: unknown, max: number): readonly unknown[] {
  ensure(Array.isArray(value) && value.length <= max, "malformed", `${what} is not a short list`);
  return value;
}
