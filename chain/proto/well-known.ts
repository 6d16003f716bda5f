import type { Codec } from "./codec.ts";
import { DecodeError } from "./error.ts";
import type { Json } from "./json.ts";

type AnyType = ((typeUrl: string) => Codec<unknown> | undefined) | undefined;
interface AnyMessage {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}
interface SecondsAndNanos {
  readonly seconds: bigint;
  readonly nanos: number;
}

/** The years 1 to 9999, the range of RFC 3339. */
const SECONDS_MIN = -62_135_596_800n;
const SECONDS_MAX = 253_402_300_799n;
const DURATION_MAX = 315_576_000_000n;
const NANOS_END = 1_000_000_000;

/** JSON of the types of google.protobuf that have one of their own; undefined for every other type. */
export function writeWellKnown(
  codec: Codec<unknown>,
  value: unknown,
  write: (codec: Codec<unknown>, value: unknown) => Json,
  anyType: AnyType,
): Json | undefined {
  if (codec.name === "google.protobuf.Timestamp") return writeTimestamp(value as SecondsAndNanos);
  if (codec.name === "google.protobuf.Duration") return writeDuration(value as SecondsAndNanos);
  if (codec.name !== "google.protobuf.Any") return undefined;
  const { typeUrl, value: bytes } = value as AnyMessage;
  const inner = anyType?.(typeUrl);
  if (inner === undefined) return undefined;
  const body = write(inner, inner.decode(bytes));
  const isPlain = typeof body === "object" && !Array.isArray(body);
  return isPlain ? { "@type": typeUrl, ...(body as object) } : { "@type": typeUrl, value: body };
}

/** The message that such JSON describes; undefined for every other type. */
export function readWellKnown(
  codec: Codec<unknown>,
  json: Json,
  read: (codec: Codec<unknown>, json: Json) => unknown,
  anyType: AnyType,
): unknown {
  if (codec.name === "google.protobuf.Timestamp") return readTimestamp(json);
  if (codec.name === "google.protobuf.Duration") return readDuration(json);
  if (codec.name !== "google.protobuf.Any" || typeof json !== "object" || json === null) return undefined;
  if (!Object.hasOwn(json, "@type")) return undefined;
  const { "@type": typeUrl, ...body } = json as { readonly [key: string]: Json };
  const inner = typeof typeUrl === "string" ? anyType?.(typeUrl) : undefined;
  if (inner === undefined) throw new DecodeError("Any of an unknown type");
  const wrapped = ["google.protobuf.Timestamp", "google.protobuf.Duration", "google.protobuf.Any"];
  const isWrapped = wrapped.includes(inner.name) && Object.keys(body).join() === "value";
  const { value: content = body } = isWrapped ? body : {};
  return { typeUrl, value: inner.encode(read(inner, content as Json)) };
}

/** `.5`, `.123`…: as many digits as needed in groups of three; nothing for zero. */
function fraction(nanos: number): string {
  if (nanos === 0) return "";
  return `.${nanos
    .toString()
    .padStart(9, "0")
    .replace(/(000){1,2}$/, "")}`;
}

function nanosOf(digits: string | undefined): number {
  return digits === undefined ? 0 : Number(digits.padEnd(9, "0"));
}

function writeTimestamp({ seconds, nanos }: SecondsAndNanos): Json {
  if (seconds < SECONDS_MIN || seconds > SECONDS_MAX || nanos < 0 || nanos >= NANOS_END)
    throw new RangeError("timestamp outside the years 1 to 9999");
  const { year, month, day } = civilDate(floorDivide(seconds, 86_400n));
  const inDay = seconds - floorDivide(seconds, 86_400n) * 86_400n;
  const two = (value: bigint): string => value.toString().padStart(2, "0");
  const date = `${year.toString().padStart(4, "0")}-${two(month)}-${two(day)}`;
  return `${date}T${two(inDay / 3600n)}:${two((inDay / 60n) % 60n)}:${two(inDay % 60n)}${fraction(nanos)}Z`;
}

function readTimestamp(json: Json): SecondsAndNanos {
  const pattern = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z$/;
  const match = typeof json === "string" ? pattern.exec(json) : null;
  if (match === null) throw new DecodeError("not a time in RFC 3339, UTC");
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => BigInt(part)) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const days = daysSince1970(year, month, day);
  const civil = civilDate(days);
  const exists = civil.year === year && civil.month === month && civil.day === day && year > 0n;
  if (!exists || hour > 23n || minute > 59n || second > 59n) throw new DecodeError("no such time");
  return { seconds: days * 86_400n + hour * 3600n + minute * 60n + second, nanos: nanosOf(match[7]) };
}

function writeDuration({ seconds, nanos }: SecondsAndNanos): Json {
  const isMixed = (seconds > 0n && nanos < 0) || (seconds < 0n && nanos > 0);
  const size = nanos < 0 ? -nanos : nanos;
  if (seconds < -DURATION_MAX || seconds > DURATION_MAX || isMixed || size >= NANOS_END)
    throw new RangeError("duration out of range");
  const sign = seconds < 0n || nanos < 0 ? "-" : "";
  return `${sign}${seconds < 0n ? -seconds : seconds}${fraction(size)}s`;
}

function readDuration(json: Json): SecondsAndNanos {
  const match = typeof json === "string" ? /^(-?)(0|[1-9]\d{0,11})(?:\.(\d{1,9}))?s$/.exec(json) : null;
  if (match === null) throw new DecodeError("not a duration in seconds");
  const seconds = BigInt(match[2] as string);
  const nanos = nanosOf(match[3]);
  if (seconds > DURATION_MAX) throw new DecodeError("duration out of range");
  if (match[1] === "") return { seconds, nanos };
  return { seconds: -seconds, nanos: nanos === 0 ? 0 : -nanos };
}

const floorDivide = (a: bigint, b: bigint): bigint => (a - (((a % b) + b) % b)) / b;

/**
 * Days from 1970-01-01 to a date of the Gregorian calendar. Years begin in March here, so that the leap day
 * is a year's last (H. Hinnant, "chrono-compatible low-level date algorithms"). No Date: the chain computes
 * these too.
 */
function daysSince1970(year: bigint, month: bigint, day: bigint): bigint {
  const y = month <= 2n ? year - 1n : year;
  const era = floorDivide(y, 400n);
  const yearOfEra = y - era * 400n;
  const dayOfYear = (153n * (month + (month > 2n ? -3n : 9n)) + 2n) / 5n + day - 1n;
  const dayOfEra = yearOfEra * 365n + yearOfEra / 4n - yearOfEra / 100n + dayOfYear;
  return era * 146_097n + dayOfEra - 719_468n;
}

function civilDate(days: bigint): { year: bigint; month: bigint; day: bigint } {
  const z = days + 719_468n;
  const era = floorDivide(z, 146_097n);
  const dayOfEra = z - era * 146_097n;
  const yearOfEra = (dayOfEra - dayOfEra / 1460n + dayOfEra / 36_524n - dayOfEra / 146_096n) / 365n;
  const dayOfYear = dayOfEra - (365n * yearOfEra + yearOfEra / 4n - yearOfEra / 100n);
  const shifted = (5n * dayOfYear + 2n) / 153n;
  const month = shifted < 10n ? shifted + 3n : shifted - 9n;
  const year = yearOfEra + era * 400n + (month <= 2n ? 1n : 0n);
  return { year, month, day: dayOfYear - (153n * shifted + 2n) / 5n + 1n };
}
