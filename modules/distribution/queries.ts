import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { Answers } from "#chain/kernel/module.ts";
import { toOperator } from "#chain/protocol/operator.ts";
import * as validators from "#modules/validators/api.ts";
import type { DecCoin } from "#proto/gen/cosmos/base.ts";
import type { Query } from "#proto/gen/cosmos/distribution.ts";
import { ensureAddress, operatorOf } from "./addresses.ts";
import { errors } from "./errors.ts";
import { pursesOf } from "./ledgers.ts";
import { dueTo, payeeOf } from "./settle.ts";
import { slashesPage } from "./slashes.ts";
import { params, pool } from "./state.ts";

/** The operator of a validator that is there. */
function existing(ctx: ReadCtx, validatorAddress: string): string {
  const operator = operatorOf(validatorAddress);
  ensure(validators.validator(ctx, operator), errors.NoValidator, { validatorAddress });
  return operator;
}

const byDenom = ({ denom: a }: DecCoin, { denom: b }: DecCoin): number => (a < b ? -1 : 1);

function sum(lists: readonly (readonly DecCoin[])[]): DecCoin[] {
  const sums = new Map<string, bigint>();
  for (const { denom, amount } of lists.flat()) sums.set(denom, (sums.get(denom) ?? 0n) + amount);
  return [...sums].map(([denom, amount]) => ({ denom, amount })).sort(byDenom);
}

const commissionOf = (ctx: ReadCtx, operator: string): DecCoin[] =>
  [...pursesOf(ctx, operator)]
    .map(([denom, { commission }]) => ({ denom, amount: commission }))
    .filter(({ amount }) => amount > 0n);

const operatorsOf = (ctx: ReadCtx, delegator: string): string[] => {
  ensureAddress(delegator);
  return [...validators.delegationsOf(ctx, delegator)].map(({ operator }) => operator);
};

/** What wallets of the Cosmos world ask of rewards. */
export const answers: Answers<typeof Query> = {
  params: (ctx) => ({ params: params.get(ctx) }),
  validatorDistributionInfo: (ctx, { validatorAddress }) => {
    const operator = existing(ctx, validatorAddress);
    const selfBondRewards = dueTo(ctx, operator, operator);
    return { operatorAddress: validatorAddress, selfBondRewards, commission: commissionOf(ctx, operator) };
  },
  validatorOutstandingRewards: (ctx, { validatorAddress }) => {
    const purses = [...pursesOf(ctx, existing(ctx, validatorAddress))];
    const rewards = purses.map(([denom, { outstanding }]) => ({ denom, amount: outstanding }));
    return { rewards: { rewards: rewards.filter(({ amount }) => amount > 0n) } };
  },
  validatorCommission: (ctx, { validatorAddress }) => ({
    commission: { commission: commissionOf(ctx, existing(ctx, validatorAddress)) },
  }),
  validatorSlashes: (ctx, { validatorAddress, startingHeight, endingHeight, pagination }) =>
    slashesPage(ctx, existing(ctx, validatorAddress), startingHeight, endingHeight, pagination),
  delegationRewards: (ctx, { delegatorAddress, validatorAddress }) => {
    ensureAddress(delegatorAddress);
    const operator = existing(ctx, validatorAddress);
    const delegation = validators.delegation(ctx, delegatorAddress, operator);
    ensure(delegation, errors.NoDelegation, { delegatorAddress, validatorAddress });
    return { rewards: dueTo(ctx, delegatorAddress, operator) };
  },
  delegationTotalRewards: (ctx, { delegatorAddress }) => {
    const rewards = operatorsOf(ctx, delegatorAddress).map((operator) => ({
      validatorAddress: toOperator(operator),
      reward: dueTo(ctx, delegatorAddress, operator),
    }));
    return { rewards, total: sum(rewards.map(({ reward }) => reward)) };
  },
  delegatorValidators: (ctx, { delegatorAddress }) => ({
    validators: operatorsOf(ctx, delegatorAddress).map(toOperator),
  }),
  delegatorWithdrawAddress: (ctx, { delegatorAddress }) => {
    ensureAddress(delegatorAddress);
    return { withdrawAddress: payeeOf(ctx, delegatorAddress) };
  },
  communityPool: (ctx) => ({ pool: [...pool.all(ctx)].map(([, coin]) => coin).sort(byDenom) }),
};
