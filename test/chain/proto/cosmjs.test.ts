import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import type { Codec } from "#chain/proto/codec.ts";
import { type FieldInfo, isDecimal, KINDS } from "#chain/proto/field.ts";
import { generatedCodecs, type Message, messages, REPOSITORY } from "./kit.ts";

/** A message type of cosmjs-types, as far as these tests use it. */
interface CosmjsType {
  readonly typeUrl: string;
  fromPartial(message: object): object;
  encode(message: object): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
}

type Types = ReadonlyMap<string, CosmjsType>;

/** Fields that CometBFT has gained since the version that cosmjs-types was made from. */
const NEWER = [
  "tendermint.abci.Request.insertTx",
  "tendermint.abci.Request.reapTxs",
  "tendermint.abci.Response.insertTx",
  "tendermint.abci.Response.reapTxs",
  "tendermint.crypto.PublicKey.bls12381",
  "tendermint.crypto.PublicKey.mldsa65",
  "tendermint.crypto.PublicKey.secp256k1eth",
  "tendermint.types.ConsensusParams.authority",
];

/** Types of cosmjs-types by their name, nested ones as `Outer_Inner` behind the package. */
function cosmjsTypes(codecs: Iterable<Codec<unknown>>): Map<string, CosmjsType> {
  const require = createRequire(import.meta.url);
  const root = join(REPOSITORY, "node_modules/cosmjs-types");
  const out = new Map<string, CosmjsType>();
  for (const { name } of codecs) {
    const parts = name.split(".");
    const lower = parts.filter((part) => /^[a-z]/.test(part));
    const key = parts.slice(lower.length).join("_");
    const folder = join(root, ...lower);
    if (!existsSync(folder)) continue;
    for (const file of readdirSync(folder).filter((path) => path.endsWith(".js"))) {
      const found: unknown = require(join(folder, file))[key];
      if (typeof found === "object" && found !== null && "fromPartial" in found)
        out.set(name, found as CosmjsType);
    }
  }
  return out;
}

/** The message in the form of cosmjs-types: decimals as strings or bytes, fields unknown to it unset. */
function forCosmjs(codec: Codec<unknown>, message: Message, types: Types): Record<string, unknown> {
  const defaults = types.get(codec.name)?.fromPartial({}) as Message | undefined;
  const out: Record<string, unknown> = {};
  for (const field of codec.fields) {
    const value = message[field.name];
    if (value === undefined) continue;
    const inBytes = defaults?.[field.name] instanceof Uint8Array;
    const one = (element: unknown): unknown => cosmjsValue(field, element, inBytes, types);
    out[field.name] = field.repeated ? (value as readonly unknown[]).map(one) : one(value);
  }
  return out;
}

function cosmjsValue(field: FieldInfo, value: unknown, inBytes: boolean, types: Types): unknown {
  if (field.op === KINDS.message)
    return forCosmjs((field.ref as () => Codec<unknown>)(), value as Message, types);
  if (!isDecimal(field.op)) return value;
  return inBytes ? new TextEncoder().encode(String(value)) : String(value);
}

/** The message as cosmjs-types can express it: no newer fields, and the messages that it always sets. */
function expressible(codec: Codec<unknown>, message: Message, types: Types): Message {
  const out: Record<string, unknown> = { ...message };
  const defaults = types.get(codec.name)?.fromPartial({}) as Message | undefined;
  for (const field of codec.fields) {
    if (NEWER.includes(`${codec.name}.${field.name}`)) out[field.name] = undefined;
    // It writes a length even for an empty packed list.
    else if (field.label === "packed" && (out[field.name] as unknown[]).length === 0)
      out[field.name] = [/64$/.test(field.kind) ? 0n : 0];
    else if (field.op === KINDS.message) {
      const inner = (field.ref as () => Codec<unknown>)();
      const value = out[field.name] ?? (defaults?.[field.name] === undefined ? undefined : inner.zero());
      const one = (element: unknown): unknown => expressible(inner, element as Message, types);
      if (value !== undefined) out[field.name] = Array.isArray(value) ? value.map(one) : one(value);
    }
  }
  return out;
}

for (const [under, least] of [
  ["cosmos", 70],
  ["tendermint", 60],
] as const) {
  test(`messages of ${under}.* have the bytes of cosmjs-types and read its bytes`, async () => {
    const codecs = await generatedCodecs(under);
    const types = cosmjsTypes([...codecs.values(), ...(await generatedCodecs("tendermint")).values()]);
    assert.ok(types.size >= least, `only ${types.size} types to compare`);
    for (const [name, codec] of codecs) {
      const type = types.get(name);
      if (type === undefined) continue;
      fc.assert(
        fc.property(messages(codec, 2), (generated) => {
          const message = expressible(codec, generated, types);
          const bytes = type.encode(type.fromPartial(forCosmjs(codec, message, types))).finish();
          assert.deepEqual(codec.encode(message), new Uint8Array(bytes), name);
          assert.deepEqual(codec.decode(bytes), message, name);
        }),
        { numRuns: 15 },
      );
    }
  });
}

test("the fields that cosmjs-types lacks are exactly those that CometBFT has gained since", async () => {
  const missing: string[] = [];
  for (const under of ["cosmos", "tendermint"]) {
    const codecs = await generatedCodecs(under);
    for (const [name, type] of cosmjsTypes(codecs.values())) {
      const known = Object.keys(type.decode(new Uint8Array(0)));
      const full = Object.keys(type.fromPartial({}));
      for (const field of (codecs.get(name) as Codec<unknown>).fields)
        if (!known.includes(field.name) && !full.includes(field.name)) missing.push(`${name}.${field.name}`);
    }
  }
  assert.deepEqual(missing.sort(), NEWER);
});
