import { AminoTypes, createBankAminoConverters } from "@cosmjs/stargate";
import { MsgGrantAllowance, MsgRevokeAllowance } from "cosmjs-types/cosmos/feegrant/v1beta1/tx";
import type { Codec } from "#chain/proto/codec.ts";
import { KINDS } from "#chain/proto/field.ts";
import { fromJson, type Json } from "#chain/proto/json.ts";
import { aminoName, aminoValue } from "#chain/protocol/amino.ts";
import { Any, Duration } from "#proto/gen/google/protobuf.ts";
import { anyTypes, messageCodecs, ownCodecs } from "./registry.ts";

type JsonObject = { readonly [key: string]: Json };

const NS_PER_S = 1_000_000_000n;

/** A duration in nanoseconds as proto3 JSON writes it. */
const secondsText = (ns: bigint): string =>
  `${ns / NS_PER_S}.${(ns % NS_PER_S).toString().padStart(9, "0")}s`;

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
    const field = codec.fields.find(({ protoName }) => protoName === key);
    if (field?.op !== KINDS.message) return [key, held];
    const nested = (field.ref as () => Codec<unknown>)();
    return [key, Array.isArray(held) ? held.map((one) => protoJson(nested, one)) : protoJson(nested, held)];
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

/** cosmjs has no converters of its own for these; its values are ours by their bytes. */
const feegrant = [MsgGrantAllowance, MsgRevokeAllowance].map((type) => {
  const codec = messageCodecs.get(type.typeUrl) as Codec<unknown>;
  const toAmino = (value: MsgGrantAllowance & MsgRevokeAllowance): Json =>
    aminoOf(codec, codec.decode(type.encode(value).finish()));
  const fromAmino = (json: Json): unknown => type.decode(codec.encode(fromAminoValue(codec, json)));
  return [type.typeUrl, { aminoType: aminoName(codec), toAmino, fromAmino }];
});

/**
 * Every message of the chain in Amino JSON, for cosmjs' clients of Ledger devices and of wallets that sign in
 * this mode: `SigningStargateClient.connectWithSigner(rpc, signer, { registry, aminoTypes })`.
 */
export const iterumAminoTypes = (): AminoTypes =>
  new AminoTypes({ ...createBankAminoConverters(), ...Object.fromEntries([...own, ...feegrant]) });
