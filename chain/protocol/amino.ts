import { toBase64 } from "@cosmjs/encoding";
import type { Codec } from "#chain/proto/codec.ts";
import { decText } from "#chain/proto/dec.ts";
import { type FieldInfo, isDefault, KINDS } from "#chain/proto/field.ts";
import { type Json, toJson } from "#chain/proto/json.ts";
import { Coin } from "#proto/gen/cosmos/base.ts";
import { PubKey } from "#proto/gen/cosmos/crypto/ed25519.ts";
import { MsgUnjail } from "#proto/gen/cosmos/slashing.ts";
import { Description } from "#proto/gen/cosmos/staking.ts";
import { Any, Duration, Timestamp } from "#proto/gen/google/protobuf.ts";

/** The codecs of what an `Any` inside a message may hold, by type URL. */
export type AnyTypes = ReadonlyMap<string, Codec<unknown>>;
export const noAnyTypes: AnyTypes = new Map();

/** Names of Cosmos SDK's own making: a Ledger device takes 39 characters, and each name is one type's. */
const SDK_NAMES: ReadonlyMap<string, string> = new Map([
  ["cosmos.distribution.v1beta1.MsgSetWithdrawAddress", "cosmos-sdk/MsgModifyWithdrawAddress"],
  ["cosmos.distribution.v1beta1.MsgWithdrawDelegatorReward", "cosmos-sdk/MsgWithdrawDelegationReward"],
  ["cosmos.distribution.v1beta1.MsgWithdrawValidatorCommission", "cosmos-sdk/MsgWithdrawValCommission"],
  ["cosmos.distribution.v1beta1.MsgCommunityPoolSpend", "cosmos-sdk/distr/MsgCommunityPoolSpend"],
  ["cosmos.distribution.v1beta1.MsgUpdateParams", "cosmos-sdk/distribution/MsgUpdateParams"],
  ["cosmos.mint.v1beta1.MsgUpdateParams", "cosmos-sdk/x/mint/MsgUpdateParams"],
  ["cosmos.slashing.v1beta1.MsgUpdateParams", "cosmos-sdk/x/slashing/MsgUpdateParams"],
  ["cosmos.staking.v1beta1.MsgUpdateParams", "cosmos-sdk/x/staking/MsgUpdateParams"],
  [PubKey.name, "tendermint/PubKeyEd25519"],
]);

/** The name of a type in Amino JSON: `iterum/MsgX` for ours, `cosmos-sdk/MsgX` for most of Cosmos SDK. */
export function aminoName({ name }: Codec<unknown>): string {
  const given = SDK_NAMES.get(name);
  if (given !== undefined) return given;
  const own = name.slice(name.lastIndexOf(".") + 1);
  return name.startsWith("cosmos.") ? `cosmos-sdk/${own}` : `iterum/${own}`;
}

/** The name of a field in Amino JSON: that of the .proto file, but for one of Cosmos SDK. */
export const aminoKey = ({ name }: Codec<unknown>, { protoName }: FieldInfo): string =>
  name === MsgUnjail.name ? "address" : protoName;

/** A message as Amino JSON names it. */
export const aminoMessage = (codec: Codec<unknown>, value: unknown, anyTypes = noAnyTypes): AminoMessage => ({
  type: aminoName(codec),
  value: aminoValue(codec, value, anyTypes),
});

export interface AminoMessage {
  readonly type: string;
  readonly value: Json;
}

/**
 * A message in Amino JSON, by rule: names of the .proto file; zero values left out, but for decimals, lists
 * of coins, descriptions of validators and what is marked as optional; integers of 64 bits and decimals as
 * strings, those with 18 places with all of them, bytes in base64, a validator's key as its bytes, enums as
 * numbers, times in RFC 3339, durations in nanoseconds. One text has one message and the reverse.
 */
export function aminoValue(codec: Codec<unknown>, value: unknown, anyTypes: AnyTypes = noAnyTypes): Json {
  if (codec.name === Timestamp.name) return aminoTime(value as Timestamp);
  if (codec.name === Duration.name) return aminoDuration(value as Duration);
  if (codec.name === Any.name) return aminoAny(value as Any, anyTypes);
  if (codec.name === PubKey.name) return toBase64((value as PubKey).key);
  const out: Record<string, Json> = {};
  for (const field of codec.fields) {
    const held = (value as Readonly<Record<string, unknown>>)[field.name];
    if (held === undefined || (isOmitted(field, held) && codec.name !== Description.name)) continue;
    const one = (element: unknown): Json => aminoElement(field, element, anyTypes);
    out[aminoKey(codec, field)] = field.repeated ? (held as readonly unknown[]).map(one) : one(held);
  }
  return out;
}

function isOmitted(field: FieldInfo, held: unknown): boolean {
  if (field.repeated) return (held as readonly unknown[]).length === 0 && !isCoins(field);
  return field.implicit && isDefault(field, held);
}

/** Cosmos SDK writes an empty list of coins, and of nothing else. */
const isCoins = ({ op, ref }: FieldInfo): boolean =>
  op === KINDS.message && (ref as () => Codec<unknown>)().name === Coin.name;

function aminoElement(field: FieldInfo, value: unknown, anyTypes: AnyTypes): Json {
  if (field.op === KINDS.message) return aminoValue((field.ref as () => Codec<unknown>)(), value, anyTypes);
  if (field.op === KINDS.bytes) return toBase64(value as Uint8Array);
  if (field.op === KINDS.dec) return decText(value as bigint);
  return typeof value === "bigint" ? value.toString() : (value as string | number | boolean);
}

function aminoAny({ typeUrl, value }: Any, anyTypes: AnyTypes): Json {
  const codec = anyTypes.get(typeUrl);
  if (!codec) throw new RangeError(`Any of an unknown type: ${typeUrl.slice(0, 80)}`);
  return { ...aminoMessage(codec, codec.decode(value), anyTypes) };
}

/** As Go's RFC3339Nano: no zeros at the end of a fraction. Throws RangeError outside the years 1 to 9999. */
const aminoTime = (time: Timestamp): string =>
  (toJson(Timestamp, time) as string).replace(/(\.[0-9]*?)0+Z$/, "$1Z");

const aminoDuration = ({ seconds, nanos }: Duration): string =>
  (seconds * 1_000_000_000n + BigInt(nanos)).toString();

/** Characters that JSON.stringify and Go's encoder for HTML escape, each to its text. */
const shortEscapes: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what JSON must escape
const ESCAPED = /["\\&<>\u0000-\u001f]/g;

const escapeOf = (character: string): string =>
  shortEscapes.get(character) ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** A text in quotes as it stands in JSON; `&`, `<` and `>` are escaped too. It has no line break. */
export const quoted = (text: string): string => `"${text.replace(ESCAPED, escapeOf)}"`;

const ascending = ([a]: readonly [string, Json], [b]: readonly [string, Json]): number =>
  a < b ? -1 : a > b ? 1 : 0;

/**
 * The one text of a JSON value, keys sorted by code unit. With an indent, a line for every entry; without,
 * no white space, as CosmJS and Ledger's app sign it.
 */
export function sortedJson(json: Json, indent?: string): string {
  if (typeof json === "string") return quoted(json);
  if (typeof json !== "object" || json === null) return String(json);
  const inner = indent === undefined ? undefined : `${indent}  `;
  const colon = indent === undefined ? ":" : ": ";
  const list = Array.isArray(json)
    ? (json as readonly Json[]).map((each) => sortedJson(each, inner))
    : Object.entries(json as { readonly [key: string]: Json })
        .sort(ascending)
        .map(([key, each]) => `${quoted(key)}${colon}${sortedJson(each, inner)}`);
  const [open, close] = Array.isArray(json) ? ["[", "]"] : ["{", "}"];
  if (list.length === 0 || inner === undefined) return `${open}${list.join(",")}${close}`;
  return `${open}\n${list.map((each) => `${inner}${each}`).join(",\n")}\n${indent}${close}`;
}
