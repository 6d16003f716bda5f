import { pair, textKey, triple, u64Key } from "#chain/kernel/keys.ts";
import { keyspace } from "#chain/kernel/state.ts";
import { addressKey } from "#chain/protocol/address.ts";
import { Hold, Profit, Rule, Vest } from "#proto/gen/iterum/vesting.ts";

/** (gameId, operator): the prefix of an operator's rows. */
export const operatorKey = pair(textKey, addressKey);

const space = keyspace("vesting");
export const rules = space.table(1, textKey, Rule); // gameId
export const vests = space.table(2, triple(textKey, addressKey, u64Key), Vest); // (gameId, operator, roundId)
// (gameId, operator, member)
export const profits = space.table(3, triple(textKey, addressKey, addressKey), Profit);
export const holds = space.table(4, operatorKey, Hold);
