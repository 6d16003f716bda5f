import { defineModule, messages, queries } from "#chain/kernel/module.ts";
import { Msg, Query } from "#proto/gen/cosmos/distribution.ts";
import { GenesisState } from "#proto/gen/iterum/distribution.ts";
import { allocate } from "./allocate.ts";
import { communityPoolSpend } from "./community-pool-spend.ts";
import { fundCommunityPool } from "./fund-community-pool.ts";
import { dumpDistribution, initDistribution } from "./genesis.ts";
import { subscriptions } from "./hooks.ts";
import { owedIsOutstanding, rewardsAreBacked, rewardsAreEarned } from "./invariants.ts";
import { answers } from "./queries.ts";
import { setWithdrawAddress } from "./set-withdraw-address.ts";
import { updateParams } from "./update-params.ts";
import { withdrawDelegatorReward } from "./withdraw-delegator-reward.ts";
import { withdrawValidatorCommission } from "./withdraw-validator-commission.ts";

export const distributionModule = defineModule({
  name: "distribution",
  version: 1,
  messages: messages(Msg, {
    setWithdrawAddress,
    withdrawDelegatorReward,
    withdrawValidatorCommission,
    fundCommunityPool,
    updateParams,
    communityPoolSpend,
  }),
  queries: queries(Query, answers),
  invariants: [rewardsAreBacked, owedIsOutstanding, rewardsAreEarned],
  hooks: subscriptions,
  genesis: { codec: GenesisState, init: initDistribution, dump: dumpDistribution },
  beginBlock: allocate,
});
