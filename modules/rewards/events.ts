import { event } from "#chain/kernel/module.ts";
import { EventRewardFunctionSet } from "#proto/gen/iterum/rewards.ts";

export const rewardFunctionSet = event(EventRewardFunctionSet);
