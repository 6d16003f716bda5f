import { pair, textKey, triple, u64Key } from "#chain/kernel/keys.ts";
import { keyspace, present, u64Value } from "#chain/kernel/state.ts";
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
/** (gameId, end): the prefix of what is due with an end of a round. */
export const endKey = pair(textKey, u64Key);
export const due = space.table(5, pair(endKey, pair(addressKey, u64Key)), present); // (…, operator, roundId)
export const ends = space.table(6, textKey, u64Value); // gameId → ends counted
export const releases = space.table(7, endKey, u64Value); // → id of the round that ended
