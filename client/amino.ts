import {
  type AminoConverter,
  AminoTypes,
  createBankAminoConverters,
  createDistributionAminoConverters,
  createStakingAminoConverters,
} from "@cosmjs/stargate";
import { MsgWithdrawValidatorCommission } from "cosmjs-types/cosmos/distribution/v1beta1/tx";
import { MsgGrantAllowance, MsgRevokeAllowance } from "cosmjs-types/cosmos/feegrant/v1beta1/tx";
import { MsgUnjail } from "cosmjs-types/cosmos/slashing/v1beta1/tx";
import type { Codec } from "#chain/proto/codec.ts";
import { KINDS } from "#chain/proto/field.ts";
import { fromJson, type Json } from "#chain/proto/json.ts";
import { aminoKey, aminoName, aminoValue } from "#chain/protocol/amino.ts";
import { Any, Duration } from "#proto/gen/google/protobuf.ts";
import { anyTypes, messageCodecs, ownCodecs } from "./registry.ts";

type JsonObject = { readonly [key: string]: Json };

const NS_PER_S = 1_000_000_000n;

/** A duration in nanoseconds as proto3 JSON writes it. */
function secondsText(ns: bigint): string {
  const size = ns < 0n ? -ns : ns;
  return `${ns < 0n ? "-" : ""}${size / NS_PER_S}.${(size % NS_PER_S).toString().padStart(9, "0")}s`;
}

/** The proto3 JSON of what is given in Amino JSON: they differ in durations and in `Any`. */
function protoJson(codec: Codec<unknown>, json: Json): Json {
  if (codec.name === Duration.name) return secondsText(BigInt(json as string));
  if (typeof json !== "object" || json === null) return json;
  if (codec.name === Any.name) {
    const { type, value } = json as JsonObject;
    const inner = [...anyTypes.values()].find((known) => aminoName(known) === type);
    if (!inner) throw new RangeError(`no Amino type ${String(type).slice(0, 80)}`);
    return { "@type": inner.typeUrl, ...(protoJson(inner, value as Json) as JsonObject) };
  }
  const entries = Object.entries(json as JsonObject).map(([key, held]): [string, Json] => {
    const field = codec.fields.find((each) => aminoKey(codec, each) === key);
    const name = field?.protoName ?? key;
    if (field?.op !== KINDS.message) return [name, held];
    const nested = (field.ref as () => Codec<unknown>)();
    return [name, Array.isArray(held) ? held.map((one) => protoJson(nested, one)) : protoJson(nested, held)];
  });
  return Object.fromEntries(entries);
}

/** The message that Amino JSON describes, the reverse of `aminoValue`; throws DecodeError. */
const fromAminoValue = (codec: Codec<unknown>, json: Json): unknown =>
  fromJson(codec, protoJson(codec, json), { anyType: (typeUrl) => anyTypes.get(typeUrl) });

const aminoOf = (codec: Codec<unknown>, value: unknown): Json => aminoValue(codec, value, anyTypes);
const own = ownCodecs.map(([typeUrl, codec]) => {
  const toAmino = (value: unknown): Json => aminoOf(codec, value);
  return [
    typeUrl,
    { aminoType: aminoName(codec), toAmino, fromAmino: (json: Json) => fromAminoValue(codec, json) },
  ];
});

interface CosmjsType<T> {
  readonly typeUrl: string;
  encode(value: T): { finish(): Uint8Array };
  decode(bytes: Uint8Array): T;
}

/** The converter of a type whose values are cosmjs' own: they are ours by their bytes. */
function converter<T>(type: CosmjsType<T>): readonly [string, AminoConverter] {
  const codec = messageCodecs.get(type.typeUrl) as Codec<unknown>;
  const toAmino = (value: T): Json => aminoOf(codec, codec.decode(type.encode(value).finish()));
  const fromAmino = (json: Json): T => type.decode(codec.encode(fromAminoValue(codec, json)));
  return [type.typeUrl, { aminoType: aminoName(codec), toAmino, fromAmino }];
}

/**
 * cosmjs has none of its own for these; and for a withdrawal of commission it has one by a name too long for
 * Ledger devices, which Cosmos SDK has given up.
 */
const missing = [
  converter(MsgGrantAllowance),
  converter(MsgRevokeAllowance),
  converter(MsgUnjail),
  converter(MsgWithdrawValidatorCommission),
];

/**
 * Every message of the chain in Amino JSON, for cosmjs' clients of Ledger devices and of wallets that sign in
 * this mode: `SigningStargateClient.connectWithSigner(rpc, signer, { registry, aminoTypes })`.
 */
export const iterumAminoTypes = (): AminoTypes =>
  new AminoTypes({
    ...createBankAminoConverters(),
    ...createStakingAminoConverters(),
    ...createDistributionAminoConverters(),
    ...Object.fromEntries([...own, ...missing]),
  });
