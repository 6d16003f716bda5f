import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import protobuf from "protobufjs";
import type { Codec } from "#chain/proto/codec.ts";
import { type EnumValues, type FieldInfo, isDecimal, isDefault, KINDS } from "#chain/proto/field.ts";
import { protoFiles } from "#proto/emit/load.ts";

export const REPOSITORY = resolve(import.meta.dirname, "../../..");
const VECTORS = join(REPOSITORY, "test/vectors/proto");

/** Any message, as tests that hold for all types see it. */
export type Message = Readonly<Record<string, unknown>>;
export type Codecs = ReadonlyMap<string, Codec<unknown>>;

/** Gives `use` a folder of its own and removes it afterwards. */
export async function inFolder<T>(use: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "iterum-proto-"));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Runs the emitter as its users do; returns its exit code and what it complained about. */
export function emit(...options: readonly string[]): { code: number; said: string } {
  const command = [join(REPOSITORY, "proto/emit.ts"), ...options];
  try {
    execFileSync(process.execPath, command, { encoding: "utf8", stdio: "pipe" });
    return { code: 0, said: "" };
  } catch (error) {
    const { status, stderr } = error as { status: number; stderr: string };
    return { code: status, said: stderr };
  }
}

/** The codecs of the tests' own .proto file, generated afresh. */
export function featureCodecs(): Promise<Codecs> {
  return inFolder(async (folder) => {
    const sources = join(folder, "sources");
    for (const part of ["google", "cosmos/base/v1beta1"])
      cpSync(join(REPOSITORY, "proto", part), join(sources, part), { recursive: true });
    cpSync(VECTORS, sources, { recursive: true });
    symlinkSync(join(REPOSITORY, "chain"), join(folder, "chain"));
    const imports = { "#chain/*": "./chain/*", "#proto/*": "./proto/*" };
    writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module", imports }));
    const { code, said } = emit("--source", sources, "--out", join(folder, "proto/gen"));
    if (code !== 0) throw new Error(said);
    return codecsIn(await import(pathToFileURL(join(folder, "proto/gen/iterum/features.ts")).href));
  });
}

/** The codecs among a generated file's exports, by full name. */
function codecsIn(exports: Readonly<Record<string, unknown>>): Codecs {
  const isCodec = (value: unknown): value is Codec<unknown> =>
    typeof value === "object" && value !== null && "encode" in value && "decode" in value;
  return new Map(
    Object.values(exports)
      .filter(isCodec)
      .map((codec) => [codec.name, codec]),
  );
}

/** Codecs of all generated files below a folder of proto/gen. */
export async function generatedCodecs(under: string): Promise<Codecs> {
  const all = new Map<string, Codec<unknown>>();
  const folder = join(REPOSITORY, "proto");
  const files = new Set(
    protoFiles(join(folder, under)).map(
      (file) => /^package ([\w.]+);/m.exec(readFileSync(file, "utf8"))?.[1],
    ),
  );
  for (const name of files) {
    const path = (name as string).replace(/\.v\d+((alpha|beta)\d+)?$/, "").replaceAll(".", "/");
    const exports = await import(pathToFileURL(join(folder, "gen", `${path}.ts`)).href);
    for (const [key, codec] of codecsIn(exports)) all.set(key, codec);
  }
  return all;
}

const text = fc.oneof(fc.string({ unit: "binary", maxLength: 20 }), fc.string({ maxLength: 90 }));
const raw = fc.oneof(fc.uint8Array({ maxLength: 8 }), fc.uint8Array({ minLength: 120, maxLength: 140 }));
const SCALARS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  uint64: fc.oneof(fc.constant(0n), fc.bigInt(0n, 2n ** 64n - 1n), fc.bigInt(0n, 300n)),
  int64: fc.oneof(fc.constant(0n), fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.bigInt(-300n, 300n)),
  uint32: fc.oneof(fc.constant(0), fc.nat(0xffff_ffff), fc.nat(300)),
  int32: fc.oneof(fc.constant(0), fc.integer(), fc.integer({ min: -300, max: 300 })),
  bool: fc.boolean(),
  string: text,
  bytes: raw,
  int: fc.oneof(fc.constant(0n), fc.bigInt(0n, 2n ** 128n - 1n)),
  dec: fc.oneof(fc.constant(0n), fc.bigInt(0n, 10n ** 18n), fc.bigInt(0n, ((10n ** 18n) << 128n) - 1n)),
};
const SAME: Readonly<Record<string, string>> = {
  sint32: "int32",
  sfixed32: "int32",
  fixed32: "uint32",
  sint64: "int64",
  sfixed64: "int64",
  fixed64: "uint64",
};

type Packed = readonly Codec<unknown>[];

const TIMES = ["google.protobuf.Timestamp", "google.protobuf.Duration"];
/** Times that exist, and durations that are any. */
const time = fc.record({ seconds: fc.bigInt(0n, 2n ** 33n), nanos: fc.nat(999_999_999) });

/** Any `Any` that holds a message of one of the types. */
const packedOf = (packed: Packed, depth: number): fc.Arbitrary<unknown> =>
  fc.oneof(
    ...packed.map((codec) =>
      messages(codec, depth, packed).map((value) => ({ typeUrl: codec.typeUrl, value: codec.encode(value) })),
    ),
  );

function elements(field: FieldInfo, depth: number, packed: Packed): fc.Arbitrary<unknown> {
  if (field.op === KINDS.message) {
    const nested = (field.ref as () => Codec<unknown>)();
    if (nested.name === "google.protobuf.Any" && packed.length > 0) return packedOf(packed, depth - 1);
    if (TIMES.includes(nested.name) && packed.length > 0) return time;
    return messages(nested, depth - 1, packed);
  }
  if (field.op === KINDS.enum) return fc.constantFrom(...Object.values((field.ref as () => EnumValues)()));
  return SCALARS[SAME[field.kind] ?? field.kind] as fc.Arbitrary<unknown>;
}

/**
 * All messages of a type, nested at most `depth` deep; an `Any` holds one of the packed types where given,
 * and then times exist.
 */
export function messages(
  codec: Codec<unknown>,
  depth = 3,
  packed: readonly Codec<unknown>[] = [],
): fc.Arbitrary<Message> {
  const fields: Record<string, fc.Arbitrary<unknown>> = {};
  for (const field of codec.fields) {
    const isLast = field.op === KINDS.message && depth === 0;
    if (field.repeated)
      fields[field.name] = isLast
        ? fc.constant([])
        : fc.array(elements(field, depth, packed), { maxLength: 3 });
    else if (field.implicit) fields[field.name] = elements(field, depth, packed);
    else
      fields[field.name] = isLast
        ? fc.constant(undefined)
        : fc.option(elements(field, depth, packed), { nil: undefined });
  }
  return fc.record(fields).map((message) => withOneMember(codec, message));
}

/** Keeps the first member set of each oneof. */
function withOneMember(codec: Codec<unknown>, message: Message): Message {
  const out: Record<string, unknown> = { ...message };
  let groups = 0;
  for (const field of codec.fields) {
    if (out[field.name] === undefined || field.group === 0) continue;
    if ((groups & field.group) !== 0) out[field.name] = undefined;
    groups |= field.group;
  }
  return out;
}

const typesIn = (parent: protobuf.NamespaceBase): readonly protobuf.Type[] =>
  parent.nestedArray.flatMap((node) => [
    ...(node instanceof protobuf.Type ? [node] : []),
    ...(node instanceof protobuf.Namespace ? typesIn(node) : []),
  ]);

/** All types of the repository and of the tests, as protobufjs sees them. */
export function oracle(): protobuf.Root {
  const root = new protobuf.Root();
  for (const file of [...protoFiles(join(REPOSITORY, "proto")), ...protoFiles(VECTORS)])
    protobuf.parse(readFileSync(file, "utf8"), root, { keepCase: true });
  // Decimals in bytes are ASCII text: to write them it takes them as such.
  for (const type of typesIn(root))
    for (const field of type.fieldsArray)
      if (field.type === "bytes" && field.getOption("(cosmos_proto.scalar)") === "cosmos.Dec")
        field.type = "string";
  root.resolveAll();
  return root;
}

/** The message in the form that protobufjs writes: zero values left out, 64 bits in two halves. */
export function forOracle(codec: Codec<unknown>, message: Message): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const field of codec.fields) {
    const value = message[field.name];
    if (value === undefined || (field.implicit && isDefault(field, value))) continue;
    const one = (element: unknown): unknown => oracleValue(field, element);
    out[field.protoName] = field.repeated ? (value as readonly unknown[]).map(one) : one(value);
  }
  return out;
}

function oracleValue(field: FieldInfo, value: unknown): unknown {
  if (field.op === KINDS.message) return forOracle((field.ref as () => Codec<unknown>)(), value as Message);
  if (isDecimal(field.op)) return String(value);
  if (typeof value !== "bigint") return value;
  const bits = BigInt.asUintN(64, value);
  return { low: Number(bits & 0xffff_ffffn) | 0, high: Number(bits >> 32n) | 0, unsigned: value >= 0n };
}
