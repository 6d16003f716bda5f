import { sha256 } from "#chain/bytes/hash.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import type { AppState } from "#chain/kernel/genesis.ts";
import { toJson } from "#chain/proto/json.ts";
import { moduleAddress } from "#chain/protocol/address.ts";
import { consensusAddress } from "#chain/protocol/operator.ts";
import { Description } from "#proto/gen/cosmos/staking.ts";
import { GenesisState as Bank } from "#proto/gen/iterum/bank.ts";
import { GenesisState as Slashing } from "#proto/gen/iterum/slashing.ts";
import { GenesisState, Status, Validator } from "#proto/gen/iterum/validators.ts";
import type { Person } from "./accounts.ts";
import { altered } from "./game/alter.ts";
import { DENOM } from "./genesis.ts";

const ATTO = 10n ** 18n;

/** A validator of a genesis, with those who have staked with it: base units each. */
export interface Staked {
  readonly who: Person;
  /** Commission in hundredths. */
  readonly percent?: bigint;
  readonly stakes: readonly (readonly [Person, bigint])[];
}

/** The consensus key of somebody who runs a validator: the same in every run. Nobody signs with it. */
export const consensusKey = ({ name }: Person): Uint8Array => sha256(utf8(`consensus key of ${name}`));
export const consensusAddressOf = (who: Person): Uint8Array => consensusAddress(consensusKey(who));

/** Parameters of stake with a short unbonding time. */
export const stakingParams = {
  unbondingTime: { seconds: 100n, nanos: 0 },
  maxValidators: 5,
  maxEntries: 7,
  historicalEntries: 0,
  bondDenom: DENOM,
  minCommissionRate: 0n,
};

/** Who misses five of ten blocks goes to jail for a minute, with a hundredth of its stake lost. */
export const slashingParams = {
  signedBlocksWindow: 10n,
  minSignedPerWindow: ATTO / 2n,
  downtimeJailDuration: { seconds: 60n, nanos: 0 },
  slashFractionDoubleSign: ATTO / 20n,
  slashFractionDowntime: ATTO / 100n,
};

function validatorOf({ who, percent = 10n, stakes }: Staked): Validator {
  const tokens = stakes.reduce((sum, [, amount]) => sum + amount, 0n);
  return {
    ...Validator.zero(),
    operator: who.address,
    publicKey: consensusKey(who),
    status: Status.STATUS_UNBONDED,
    tokens,
    shares: tokens * ATTO,
    description: { ...Description.zero(), moniker: who.name },
    commission: { rate: (percent * ATTO) / 100n, maxRate: ATTO, maxChangeRate: ATTO },
    minSelfDelegation: 1n,
  };
}

/** A genesis in which these validators are staked; the stake comes on top of everybody's purse. */
export function staked(all: readonly Staked[]): (state: AppState) => AppState {
  const validators = all.map(validatorOf);
  const stake: GenesisState = {
    ...GenesisState.zero(),
    params: stakingParams,
    validators,
    consensusKeys: all.map(({ who }) => ({
      address: consensusAddressOf(who),
      operator: who.address,
      height: 0n,
    })),
    delegations: all.flatMap(({ who, stakes }) =>
      stakes.map(([delegator, amount]) => ({
        delegator: delegator.address,
        operator: who.address,
        shares: amount * ATTO,
      })),
    ),
    changed: true,
  };
  const amount = validators.reduce((sum, { tokens }) => sum + tokens, 0n);
  const pool = { address: moduleAddress("not_bonded_tokens_pool"), denom: DENOM, amount };
  const money = altered("bank", Bank, (bank) => ({ ...bank, balances: [...bank.balances, pool] }));
  const slashing = toJson(Slashing, { ...Slashing.zero(), params: slashingParams });
  return (state) => ({ ...money(state), validators: toJson(GenesisState, stake), slashing });
}
