import { pair, u64Key } from "#chain/kernel/keys.ts";
import { keyspace, present, u64Value } from "#chain/kernel/state.ts";
import { addressKey } from "#chain/protocol/address.ts";
import { Account, Params } from "#proto/gen/iterum/auth.ts";

const space = keyspace("auth");
export const params = space.item(1, Params);
export const nextNumber = space.item(2, u64Value);
export const accounts = space.table(3, addressKey, Account);
// (deadline in nanoseconds, address): those that pass first come first
export const unorderedRuns = space.table(4, pair(u64Key, addressKey), present);
