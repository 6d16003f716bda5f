import { bytesKey, pair, textKey } from "#chain/kernel/keys.ts";
import { keyspace, type ValueCodec } from "#chain/kernel/state.ts";
import { addressBytes, addressKey, toAddress } from "#chain/protocol/address.ts";
import { ETHEREUM_ADDRESS_BYTES } from "#chain/protocol/eip191.ts";
import { Claim, Member, Rule, Stake, Total } from "#proto/gen/iterum/community.ts";

const addressValue: ValueCodec<string> = { encode: addressBytes, decode: toAddress };
const memberKey = pair(textKey, addressKey); // (gameId, address)

const space = keyspace("community");
export const members = space.table(1, memberKey, Member);
export const rules = space.table(2, textKey, Rule); // gameId
// (gameId, Ethereum account) → the one member that it stands behind
export const ethereums = space.table(3, pair(textKey, bytesKey(ETHEREUM_ADDRESS_BYTES)), addressValue);
export const stakes = space.table(4, memberKey, Stake);
export const claims = space.table(5, memberKey, Claim);
export const totals = space.table(6, textKey, Total); // gameId
