import { pair, textKey, triple, u64Key } from "#chain/kernel/keys.ts";
import { keyspace } from "#chain/kernel/state.ts";
import { addressKey } from "#chain/protocol/address.ts";
import { DecCoin } from "#proto/gen/cosmos/base.ts";
import { Params } from "#proto/gen/cosmos/distribution.ts";
import { Earnings, Payee, Slash, Start } from "#proto/gen/iterum/distribution.ts";

const space = keyspace("distribution");
export const params = space.item(1, Params);
/** By denom; none is zero. */
export const pool = space.table(2, textKey, DecCoin);
/** By operator: those that have earned something or were slashed. */
export const earnings = space.table(3, addressKey, Earnings);
/** (delegator, operator) */
export const starts = space.table(4, pair(addressKey, addressKey), Start);
/** (operator, height, number) */
export const slashes = space.table(5, triple(addressKey, u64Key, u64Key), Slash);
/** By delegator: those that chose another account. */
export const payees = space.table(6, addressKey, Payee);
/** By denom: what is outstanding of all validators together; none is zero. */
export const owed = space.table(7, textKey, DecCoin);
