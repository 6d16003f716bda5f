import { pair, textKey } from "#chain/kernel/keys.ts";
import { keyspace } from "#chain/kernel/state.ts";
import { addressKey } from "#chain/protocol/address.ts";
import { Member } from "#proto/gen/iterum/community.ts";

const space = keyspace("community");
export const members = space.table(1, pair(textKey, addressKey), Member); // (gameId, address)
