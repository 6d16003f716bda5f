import { type GeneratedType, Registry } from "@cosmjs/proto-signing";
import { defaultRegistryTypes } from "@cosmjs/stargate";
import { BinaryWriter } from "cosmjs-types/binary";
import { MsgUnjail } from "cosmjs-types/cosmos/slashing/v1beta1/tx";
import type { Codec, Rpc } from "#chain/proto/codec.ts";
import type { AnyTypes } from "#chain/protocol/amino.ts";
import { Msg as BankMsg } from "#proto/gen/cosmos/bank.ts";
import { PubKey } from "#proto/gen/cosmos/crypto/ed25519.ts";
import { Msg as DistributionMsg } from "#proto/gen/cosmos/distribution.ts";
import { BasicAllowance, Msg as FeegrantMsg, PeriodicAllowance } from "#proto/gen/cosmos/feegrant.ts";
import { Msg as MintMsg } from "#proto/gen/cosmos/mint.ts";
import { Msg as SlashingMsg } from "#proto/gen/cosmos/slashing.ts";
import { Msg as StakingMsg } from "#proto/gen/cosmos/staking.ts";
import { Msg as UpgradeMsg } from "#proto/gen/cosmos/upgrade.ts";
import type { Any } from "#proto/gen/google/protobuf.ts";
import { Msg as CommitmentsMsg } from "#proto/gen/iterum/commitments.ts";
import { Msg as CommunityMsg } from "#proto/gen/iterum/community.ts";
import { Msg as ElectionsMsg } from "#proto/gen/iterum/elections.ts";
import { Msg as GamesMsg } from "#proto/gen/iterum/games.ts";
import { Msg as GovMsg } from "#proto/gen/iterum/gov.ts";
import { Msg as MarketsMsg } from "#proto/gen/iterum/markets.ts";
import { Msg as ProofsMsg } from "#proto/gen/iterum/proofs.ts";
import { Msg as RewardsMsg } from "#proto/gen/iterum/rewards.ts";
import { Msg as TreasuryMsg } from "#proto/gen/iterum/treasury.ts";
import { Msg as ValidatorsMsg } from "#proto/gen/iterum/validators.ts";
import { Msg as VestingMsg } from "#proto/gen/iterum/vesting.ts";
import { ClientError } from "./errors.ts";
import type { TxMessage } from "./tx.ts";

type Service = Readonly<Record<string, Rpc<unknown, unknown>>>;

const codecsOf = (service: object): (readonly [string, Codec<unknown>])[] =>
  Object.values(service as Service).map(({ request }) => [request.typeUrl, request]);

const services = [
  CommunityMsg,
  TreasuryMsg,
  ElectionsMsg,
  CommitmentsMsg,
  MarketsMsg,
  ProofsMsg,
  RewardsMsg,
  GamesMsg,
  GovMsg,
  ValidatorsMsg,
  VestingMsg,
];

/** Those of Cosmos SDK. */
const cosmosServices = [
  ...[BankMsg, FeegrantMsg, StakingMsg, SlashingMsg, MintMsg, DistributionMsg, UpgradeMsg],
];

/** Whether only governance sends it: then its first field says in whose name. */
const isGoverned = ({ fields }: Codec<unknown>): boolean => fields[0]?.protoName === "authority";

/** Messages of this chain alone that an account can send, by type URL. */
export const ownCodecs = services.flatMap(codecsOf).filter(([, codec]) => !isGoverned(codec));

/** Messages that a proposal may carry, by type URL. */
export const governedCodecs: ReadonlyMap<string, Codec<unknown>> = new Map(
  [...services, ...cosmosServices].flatMap(codecsOf).filter(([, codec]) => isGoverned(codec)),
);

/** The codec of every message that an account can send, by type URL. */
export const messageCodecs: ReadonlyMap<string, Codec<unknown>> = new Map([
  ...cosmosServices.flatMap(codecsOf).filter(([, codec]) => !isGoverned(codec)),
  ...ownCodecs,
]);

/** What an `Any` inside a message may hold. */
export const anyTypes: AnyTypes = new Map([
  ...([BasicAllowance, PeriodicAllowance, PubKey] as Codec<unknown>[]).map(
    (codec) => [codec.typeUrl, codec] as const,
  ),
  ...governedCodecs,
]);

/** Encodes a message; throws ClientError badInput for a type that the chain does not take. */
export const encodeMessage = (message: TxMessage): Any => encoded(messageCodecs, message);

/** Encodes a message for a proposal; throws ClientError badInput for a type that proposals do not carry. */
export const packGoverned = (message: TxMessage): Any => encoded(governedCodecs, message);

function encoded(codecs: ReadonlyMap<string, Codec<unknown>>, { typeUrl, value }: TxMessage): Any {
  const codec = codecs.get(typeUrl);
  if (!codec) throw new ClientError("badInput", `no message ${typeUrl.slice(0, 80)}`);
  try {
    return { typeUrl, value: codec.encode(value) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ClientError("badInput", `${codec.name}: ${why}`, {}, { cause: error });
  }
}

/** A codec in the shape that cosmjs expects of generated types; a registry only calls `finish`. */
const generatedType = <T>(codec: Codec<T>): GeneratedType => ({
  encode: (message: T) => {
    const bytes = codec.encode(message);
    return Object.assign(BinaryWriter.create(), { finish: () => bytes });
  },
  decode: (input: Uint8Array) => codec.decode(input),
  fromPartial: (partial: Partial<T>) => ({ ...codec.zero(), ...partial }),
});

/**
 * Every message of the chain for cosmjs' own clients, such as SigningStargateClient. Values of `iterum.*` are
 * those of our codecs (bigint, bytes); those of `cosmos.*` are cosmjs' own, so that its helpers work.
 */
export function iterumRegistry(): Registry {
  const registry = new Registry([
    ...defaultRegistryTypes.filter(([typeUrl]) => messageCodecs.has(typeUrl)),
    [MsgUnjail.typeUrl, MsgUnjail],
  ]);
  for (const [typeUrl, codec] of ownCodecs) registry.register(typeUrl, generatedType(codec));
  return registry;
}
