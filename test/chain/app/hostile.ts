import type { Codec } from "#chain/proto/codec.ts";
import { type EnumValues, type FieldInfo, KINDS } from "#chain/proto/field.ts";
import { Any } from "#proto/gen/google/protobuf.ts";
import type { Random } from "#test/kit/game/random.ts";

/** Values that have a meaning on the chain, for fields of their kind. */
export interface Dictionary {
  readonly texts: readonly string[];
  readonly bytes: readonly Uint8Array[];
  readonly numbers: readonly bigint[];
  /** What an `Any` may hold. */
  readonly packed: readonly Codec<unknown>[];
  /** Values of fields of that name, more often than any other. */
  readonly named: Readonly<Record<string, unknown>>;
}

/** Messages within messages, so that types which refer to themselves end. */
const DEPTH_MAX = 4;
const LENGTHS = [0, 1, 20, 31, 32, 33, 64, 65, 300, 4_000];
const EDGES = [0n, 1n, 2n, 127n, 128n, 65_535n, 65_536n, (1n << 31n) - 1n, 1n << 31n, (1n << 32n) - 1n];
const WIDE = [...EDGES, 1n << 53n, (1n << 63n) - 1n, (1n << 64n) - 1n];
/** The last number with 18 decimals that has an encoding. */
const DEC_LAST = ((10n ** 18n) << 128n) - 1n;
const DECIMALS = [...WIDE, 10n ** 18n, 10n ** 27n, (1n << 128n) - 1n];

const text = (random: Random, { texts }: Dictionary): string => {
  if (random.chance(0.7)) return random.pick(texts);
  return random.pick([
    "",
    " ",
    "é",
    "\u0000",
    "x".repeat(random.pick([1, 255, 256, 5_000])),
    "__proto__",
    "☃".repeat(90),
  ]);
};

function single(field: FieldInfo, random: Random, known: Dictionary, depth: number): unknown {
  const number = (edges: readonly bigint[]): bigint =>
    random.chance(0.6) ? random.pick(known.numbers) : random.pick(edges);
  switch (field.op) {
    case KINDS.string:
      return text(random, known);
    case KINDS.bytes:
      return random.chance(0.5) ? random.pick(known.bytes) : random.bytes(random.pick(LENGTHS));
    case KINDS.int:
      return random.chance(0.5) ? random.pick(known.numbers) : random.pick(DECIMALS);
    case KINDS.dec:
      return random.chance(0.5) ? random.pick(known.numbers) : random.pick([...DECIMALS, DEC_LAST]);
    case KINDS.bool:
      return random.chance(0.5);
    case KINDS.uint64:
      return number(WIDE);
    case KINDS.int64:
      return number(EDGES) * (random.chance(0.5) ? 1n : -1n);
    case KINDS.uint32:
      return Number(number(EDGES));
    case KINDS.int32:
      return Number(number([0n, 1n, (1n << 31n) - 1n])) * (random.chance(0.5) ? 1 : -1);
    case KINDS.enum:
      return random.pick(Object.values((field.ref as () => EnumValues)()));
    case KINDS.message: {
      const nested = (field.ref as () => Codec<unknown>)();
      const isPacked = nested.name === Any.name && random.chance(0.9);
      return isPacked ? pack(random, known) : hostile(nested, random, known, depth + 1);
    }
    default:
      throw new Error(`no hostile value for a field of kind ${field.kind}`);
  }
}

/** A hostile message of a type that an `Any` may hold, packed. */
function pack(random: Random, known: Dictionary): Any {
  const codec = random.pick(known.packed);
  return { typeUrl: codec.typeUrl, value: codec.encode(hostile(codec, random, known, 1)) };
}

/** A message that decodes and means nothing good: known, extreme and random values in every field. */
export function hostile(codec: Codec<unknown>, random: Random, known: Dictionary, depth = 0): unknown {
  const value = codec.zero() as Record<string, unknown>;
  for (const field of codec.fields) {
    // Expressions hold expressions: somewhere they end.
    if (random.chance(0.1) || (depth >= DEPTH_MAX && field.op === KINDS.message)) continue;
    if (field.name in known.named && random.chance(0.9)) value[field.name] = known.named[field.name];
    else if (!field.repeated) value[field.name] = single(field, random, known, depth);
    else {
      const length = random.pick([0, 1, 1, 2, 4, 6, 30]);
      value[field.name] = Array.from({ length }, () => single(field, random, known, depth));
    }
  }
  return value;
}

/** A message with one of its fields, or of those within it, replaced. */
export function spoiled(codec: Codec<unknown>, message: unknown, random: Random, known: Dictionary): unknown {
  const value = { ...(message as Record<string, unknown>) };
  const field = random.pick(codec.fields);
  const held = value[field.name];
  if (!field.repeated) value[field.name] = single(field, random, known, 0);
  else if (Array.isArray(held) && held.length > 0 && random.chance(0.8)) {
    const at = random.int(held.length);
    const inner = field.ref && field.op === KINDS.message ? (field.ref as () => Codec<unknown>)() : undefined;
    const other = inner ? spoiled(inner, held[at], random, known) : single(field, random, known, 0);
    value[field.name] = held.with(at, other);
  } else value[field.name] = random.chance(0.5) ? [] : [single(field, random, known, 0)];
  return value;
}
