import { pair, textKey, triple, u64Key } from "#chain/kernel/keys.ts";
import { keyspace, present } from "#chain/kernel/state.ts";
import { addressKey } from "#chain/protocol/address.ts";
import { Budget, Ledger, Plan, Subscription } from "#proto/gen/iterum/treasury.ts";

const space = keyspace("treasury");
export const budgets = space.table(1, textKey, Budget); // gameId
export const ledgers = space.table(2, textKey, Ledger); // gameId
export const plans = space.table(3, textKey, Plan); // gameId
export const subscriptions = space.table(4, pair(textKey, addressKey), Subscription); // (gameId, subscriber)
// (last height that is paid for, gameId, subscriber): those that end first come first
export const due = space.table(5, triple(u64Key, textKey, addressKey), present);
