import type { Coin, DecCoin } from "#proto/gen/cosmos/base.ts";
import {
  MsgFundCommunityPool,
  MsgSetWithdrawAddress,
  MsgWithdrawDelegatorReward,
  MsgWithdrawValidatorCommission,
  Query,
} from "#proto/gen/cosmos/distribution.ts";
import type { Ask } from "./ports.ts";
import { messageOf } from "./tx.ts";

/** Pays out what a delegation has earned. */
export const msgWithdrawReward = messageOf(MsgWithdrawDelegatorReward);
/** Pays out a validator's commission. */
export const msgWithdrawCommission = messageOf(MsgWithdrawValidatorCommission);
/** Says which account gets the sender's rewards and commission. */
export const msgSetWithdrawAddress = messageOf(MsgSetWithdrawAddress);
/** Gives to the community pool of validators. */
export const msgFundCommunityPool = messageOf(MsgFundCommunityPool);

export interface DistributionQueries {
  /** Whole base units that a delegation would be paid now. */
  rewards(delegator: string, validatorAddress: string): Promise<readonly Coin[]>;
  /** The same of all delegations of an account, validator by validator. */
  rewardsByValidator(
    delegator: string,
  ): Promise<readonly { readonly validatorAddress: string; readonly amount: readonly Coin[] }[]>;
  /** The account that gets what an account earns. */
  payee(delegator: string): Promise<string>;
  /** The same of all delegations of an account together. */
  totalRewards(delegator: string): Promise<readonly Coin[]>;
  /** Whole base units of commission that a validator would be paid now. */
  commission(validatorAddress: string): Promise<readonly Coin[]>;
  communityPool(): Promise<readonly Coin[]>;
}

const ATTO = 10n ** 18n;

/** What of decimal amounts can be paid. */
const whole = (coins: readonly DecCoin[]): readonly Coin[] =>
  coins.map(({ denom, amount }) => ({ denom, amount: amount / ATTO })).filter(({ amount }) => amount > 0n);

export const distributionQueries = (ask: Ask): DistributionQueries => ({
  rewards: async (delegatorAddress, validatorAddress) =>
    whole((await ask(Query.delegationRewards, { delegatorAddress, validatorAddress })).rewards),
  rewardsByValidator: async (delegatorAddress) =>
    (await ask(Query.delegationTotalRewards, { delegatorAddress })).rewards.map(
      ({ validatorAddress, reward }) => ({ validatorAddress, amount: whole(reward) }),
    ),
  payee: async (delegatorAddress) =>
    (await ask(Query.delegatorWithdrawAddress, { delegatorAddress })).withdrawAddress,
  totalRewards: async (delegatorAddress) =>
    whole((await ask(Query.delegationTotalRewards, { delegatorAddress })).total),
  commission: async (validatorAddress) =>
    whole((await ask(Query.validatorCommission, { validatorAddress })).commission?.commission ?? []),
  communityPool: async () => whole((await ask(Query.communityPool, {})).pool),
});
