import { bigFromBytes, u128be } from "#chain/bytes/int.ts";
import { pair, textKey } from "#chain/kernel/keys.ts";
import { keyspace, type ValueCodec } from "#chain/kernel/state.ts";
import { addressKey } from "#chain/protocol/address.ts";
import { Denom } from "#proto/gen/iterum/bank.ts";

/** Base units below 2¹²⁸ in 16 bytes. */
const amountValue: ValueCodec<bigint> = { encode: u128be, decode: bigFromBytes };

const space = keyspace("bank");
// (address, denom); none is zero
export const balances = space.table(1, pair(addressKey, textKey), amountValue);
export const supplies = space.table(2, textKey, amountValue);
export const denoms = space.table(3, textKey, Denom);
