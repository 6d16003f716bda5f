import { toJson } from "#chain/proto/json.ts";
import { toOperator } from "#chain/protocol/operator.ts";
import type { DecCoin } from "#proto/gen/cosmos/base.ts";
import {
  MsgFundCommunityPool,
  MsgSetWithdrawAddress,
  MsgWithdrawDelegatorReward,
  MsgWithdrawValidatorCommission,
  type Params,
  Query,
} from "#proto/gen/cosmos/distribution.ts";
import { GenesisState } from "#proto/gen/iterum/distribution.ts";
import { GenesisState as Minting } from "#proto/gen/iterum/mint.ts";
import { type Person, people } from "#test/kit/accounts.ts";
import { newChain, type Said, say, type TestChain } from "#test/kit/chain.ts";
import { ask } from "#test/kit/game/refuse.ts";
import { DENOM, TOKEN } from "#test/kit/genesis.ts";
import { type Staked, staked } from "#test/kit/staked.ts";

export const [ann, ben, val, vic, dora, dan] = people("ann", "ben", "val", "vic", "dora", "dan") as [
  ...[Person, Person, Person, Person, Person, Person],
];
export const ATTO = 10n ** 18n;
export const NO_TAX: Params = {
  ...{ communityTax: 0n, baseProposerReward: 0n, bonusProposerReward: 0n },
  withdrawAddrEnabled: true,
};

/** val has three quarters of the power: its own, dora's and dan's stake; vic has the rest. */
const VALIDATORS: readonly Staked[] = [
  {
    who: val,
    percent: 10n,
    stakes: [
      [val, 100n * TOKEN],
      [dora, 150n * TOKEN],
      [dan, 50n * TOKEN],
    ],
  },
  { who: vic, percent: 0n, stakes: [[vic, 100n * TOKEN]] },
];

/** A chain with these two validators, which mints nothing unless told how. */
export function stakedChain(
  params?: Params,
  minting: Minting = Minting.zero(),
  validators: readonly Staked[] = VALIDATORS,
): TestChain {
  const stake = staked(validators);
  return newChain({
    members: [ann, ben],
    others: [val, vic, dora, dan],
    alter: (state) => {
      const distribution = toJson(GenesisState, { ...GenesisState.zero(), params });
      return { ...stake(state), distribution, mint: toJson(Minting, minting) };
    },
  });
}

export const withdraw = (delegator: Person, validator: Person): Said =>
  say(MsgWithdrawDelegatorReward, {
    delegatorAddress: delegator.address,
    validatorAddress: toOperator(validator.address),
  });
export const withdrawCommission = (who: Person): Said =>
  say(MsgWithdrawValidatorCommission, { validatorAddress: toOperator(who.address) });
export const payTo = (who: Person, payee: string): Said =>
  say(MsgSetWithdrawAddress, { delegatorAddress: who.address, withdrawAddress: payee });
export const fund = (who: Person, amount: bigint, denom: string = DENOM): Said =>
  say(MsgFundCommunityPool, { depositor: who.address, amount: [{ denom, amount }] });

/** The one amount of a list of coins: 0 for none. */
const only = (coins: readonly DecCoin[] | undefined): bigint => coins?.[0]?.amount ?? 0n;

/** What a delegation has earned, in 10⁻¹⁸ base units. */
export const due = (chain: TestChain, delegator: Person, validator: Person): bigint =>
  only(
    ask(chain, Query.delegationRewards, {
      delegatorAddress: delegator.address,
      validatorAddress: toOperator(validator.address),
    }).rewards,
  );
export const commission = (chain: TestChain, who: Person): bigint =>
  only(
    ask(chain, Query.validatorCommission, { validatorAddress: toOperator(who.address) }).commission
      ?.commission,
  );
export const outstanding = (chain: TestChain, who: Person): bigint =>
  only(
    ask(chain, Query.validatorOutstandingRewards, { validatorAddress: toOperator(who.address) }).rewards
      ?.rewards,
  );
export const pool = (chain: TestChain): bigint => only(ask(chain, Query.communityPool, {}).pool);
