import { textKey } from "#chain/kernel/keys.ts";
import { keyspace } from "#chain/kernel/state.ts";
import { RewardRule } from "#proto/gen/iterum/rewards.ts";

const space = keyspace("rewards");
export const rules = space.table(1, textKey, RewardRule); // gameId
