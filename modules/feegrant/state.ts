import { pair, triple, u64Key } from "#chain/kernel/keys.ts";
import { keyspace, present } from "#chain/kernel/state.ts";
import { addressKey } from "#chain/protocol/address.ts";
import { Grant } from "#proto/gen/cosmos/feegrant.ts";

const space = keyspace("feegrant");
// (grantee, granter)
export const grants = space.table(1, pair(addressKey, addressKey), Grant);
// (expiration in nanoseconds, grantee, granter): those that end first come first
export const ends = space.table(2, triple(u64Key, addressKey, addressKey), present);
