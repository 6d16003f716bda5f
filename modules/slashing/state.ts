import { pair, u32Key } from "#chain/kernel/keys.ts";
import { bytesValue, keyspace } from "#chain/kernel/state.ts";
import { addressKey } from "#chain/protocol/address.ts";
import { Params } from "#proto/gen/cosmos/slashing.ts";
import { SigningRecord } from "#proto/gen/iterum/slashing.ts";

const space = keyspace("slashing");
/** Set on chains that stake. */
export const params = space.item(1, Params);
/** By operator. */
export const records = space.table(2, addressKey, SigningRecord);
/** (operator, part of the window): a bit for each missed block; a part without any does not exist. */
export const missedBits = space.table(3, pair(addressKey, u32Key), bytesValue);
