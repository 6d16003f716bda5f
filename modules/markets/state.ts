import { pair, textKey, triple, u64Key } from "#chain/kernel/keys.ts";
import { keyspace, present } from "#chain/kernel/state.ts";
import { versions } from "#chain/kernel/versions.ts";
import { addressKey } from "#chain/protocol/address.ts";
import { ClassHistory, Market, MarketRule, Order, Outcome } from "#proto/gen/iterum/markets.ts";

/** (gameId, roundId): the prefix of a round's rows. */
export const roundKey = pair(textKey, u64Key);

const space = keyspace("markets");
export const rules = versions(space, 1, MarketRule); // by game and round
export const markets = space.table(2, roundKey, Market);
// (gameId, roundId, operator)
export const orders = space.table(3, triple(textKey, u64Key, addressKey), Order);
export const outcomes = space.table(4, roundKey, Outcome);
export const histories = space.table(5, textKey, ClassHistory); // gameId
// (gameId, roundId, operator): who holds shares and is not paid out
export const holders = space.table(6, triple(textKey, u64Key, addressKey), present);
// rounds whose market is void and still gives back what was paid in
export const refunding = space.table(7, roundKey, present);
