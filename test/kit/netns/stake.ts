import { toJson } from "#chain/proto/json.ts";
import { toOperator } from "#chain/protocol/operator.ts";
import { PubKey } from "#proto/gen/cosmos/crypto/ed25519.ts";
import { MsgCreateValidator, type Params } from "#proto/gen/cosmos/staking.ts";
import { GenesisState as Slashing } from "#proto/gen/iterum/slashing.ts";
import { GenesisState } from "#proto/gen/iterum/validators.ts";
import { type Person, person } from "../accounts.ts";
import { DENOM, type GenesisChoice, TOKEN } from "../genesis.ts";
import { type NetKey, POWER } from "../net.ts";
import { slashingParams, stakingParams } from "../staked.ts";

/** Stake of each validator, base units. */
const STAKE = POWER * TOKEN;
const ATTO = 10n ** 18n;

/** Whoever runs the node of that name. */
export const operatorOf = (name: string): Person => person(`operator of ${name}`);

/** A validator's first message: a stake of its own and the key that it signs blocks with. */
export function creation(name: string, publicKey: Uint8Array): MsgCreateValidator {
  return {
    ...MsgCreateValidator.zero(),
    description: { moniker: name, identity: "", website: "", securityContact: "", details: "" },
    commission: { rate: ATTO / 10n, maxRate: ATTO, maxChangeRate: ATTO },
    minSelfDelegation: 1n,
    validatorAddress: toOperator(operatorOf(name).address),
    pubkey: { typeUrl: PubKey.typeUrl, value: PubKey.encode({ key: publicKey }) },
    value: { denom: DENOM, amount: STAKE },
  };
}

/** A week, as on real chains: evidence must find its stake. */
const params: Params = {
  ...stakingParams,
  unbondingTime: { seconds: 604_800n, nanos: 0 },
  maxValidators: 20,
};

/** A genesis whose validators stake themselves; those of `more` have an operator with money too. */
export function stakedChoice(
  choice: GenesisChoice,
  keys: readonly NetKey[],
  more: readonly string[],
): GenesisChoice {
  const operators = [...keys.map(({ name }) => name), ...more].map(operatorOf);
  const stake: GenesisState = {
    ...GenesisState.zero(),
    params,
    founders: { messages: keys.map(({ name, publicKey }) => creation(name, publicKey)), transactions: [] },
  };
  // A node may be cut off for minutes without going to jail for it.
  const slashing = { ...Slashing.zero(), params: { ...slashingParams, signedBlocksWindow: 10_000n } };
  return {
    ...choice,
    others: [...choice.others, ...operators],
    alter: (state) => ({
      ...(choice.alter?.(state) ?? state),
      validators: toJson(GenesisState, stake),
      slashing: toJson(Slashing, slashing),
    }),
  };
}
