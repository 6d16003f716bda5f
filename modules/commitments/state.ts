import { bytesKey, pair, textKey, triple, u64Key } from "#chain/kernel/keys.ts";
import { keyspace, u64Value } from "#chain/kernel/state.ts";
import { versions } from "#chain/kernel/versions.ts";
import { addressKey } from "#chain/protocol/address.ts";
import {
  DataCommitment,
  DataRule,
  Denouncement,
  ItemList,
  Model,
  PanelSheet,
  RevealedSet,
} from "#proto/gen/iterum/commitments.ts";

const HASH_BYTES = 32;

/** (gameId, roundId): the prefix of a round's rows. */
export const roundKey = pair(textKey, u64Key);
const memberKey = triple(textKey, u64Key, addressKey);

const space = keyspace("commitments");
export const rules = versions(space, 1, DataRule); // by game and round
export const models = space.table(2, bytesKey(HASH_BYTES), Model); // modelId
export const commitments = space.table(3, memberKey, DataCommitment);
export const sets = space.table(4, memberKey, RevealedSet);
export const lists = space.table(5, roundKey, ItemList);
// → roundId that opened it
export const contents = space.table(6, pair(textKey, bytesKey(HASH_BYTES)), u64Value);
export const sheets = space.table(7, memberKey, PanelSheet);
// (gameId, informer): one claim each, so that the table stays as small as the chain has accounts
export const denouncements = space.table(8, pair(textKey, addressKey), Denouncement);
