import type { Codec, Rpc } from "#chain/proto/codec.ts";
import { BaseAccount, ModuleAccount } from "#proto/gen/cosmos/auth.ts";
import { Msg as Bank } from "#proto/gen/cosmos/bank.ts";
import { PubKey as Ed25519Key } from "#proto/gen/cosmos/crypto/ed25519.ts";
import { LegacyAminoPubKey } from "#proto/gen/cosmos/crypto/multisig.ts";
import { PubKey as Secp256k1Key } from "#proto/gen/cosmos/crypto/secp256k1.ts";
import { Msg as Distribution } from "#proto/gen/cosmos/distribution.ts";
import { PubKey as EthereumKey } from "#proto/gen/cosmos/evm/crypto/v1/ethsecp256k1.ts";
import { BasicAllowance, Msg as Feegrant, PeriodicAllowance } from "#proto/gen/cosmos/feegrant.ts";
import { TextProposal } from "#proto/gen/cosmos/gov.ts";
import { Msg as Mint } from "#proto/gen/cosmos/mint.ts";
import { Msg as Slashing } from "#proto/gen/cosmos/slashing.ts";
import { Msg as Staking } from "#proto/gen/cosmos/staking.ts";
import { Tx } from "#proto/gen/cosmos/tx.ts";
import { Msg as Upgrade } from "#proto/gen/cosmos/upgrade.ts";
import { Msg as Commitments } from "#proto/gen/iterum/commitments.ts";
import { Msg as Community } from "#proto/gen/iterum/community.ts";
import { Msg as Elections, MsgBeacon } from "#proto/gen/iterum/elections.ts";
import { Msg as Games } from "#proto/gen/iterum/games.ts";
import { Msg as Gov } from "#proto/gen/iterum/gov.ts";
import { Msg as Markets } from "#proto/gen/iterum/markets.ts";
import { Msg as Proofs } from "#proto/gen/iterum/proofs.ts";
import { Msg as Rewards } from "#proto/gen/iterum/rewards.ts";
import { Msg as Treasury } from "#proto/gen/iterum/treasury.ts";
import { Msg as Validators } from "#proto/gen/iterum/validators.ts";
import { Msg as Vesting } from "#proto/gen/iterum/vesting.ts";

const messages = [
  ...[Bank, Feegrant, Staking, Slashing, Distribution, Mint, Upgrade],
  ...[Commitments, Community, Elections, Games, Gov, Markets, Proofs, Rewards, Treasury, Validators, Vesting],
] as readonly Readonly<Record<string, Rpc<unknown, unknown>>>[];

const types = [
  ...[BaseAccount, ModuleAccount, BasicAllowance, PeriodicAllowance, TextProposal, Tx, MsgBeacon],
  ...[Ed25519Key, Secp256k1Key, EthereumKey, LegacyAminoPubKey],
] as readonly unknown[] as readonly Codec<unknown>[];

const codecs: ReadonlyMap<string, Codec<unknown>> = new Map(
  [...types, ...messages.flatMap((service) => Object.values(service)).flatMap(bothOf)].map((codec) => [
    codec.typeUrl,
    codec,
  ]),
);

function bothOf({ request, response }: Rpc<unknown, unknown>): readonly Codec<unknown>[] {
  return [request, response];
}

/** The codec of what an `Any` of this chain holds. */
export const anyType = (typeUrl: string): Codec<unknown> | undefined => codecs.get(typeUrl);
