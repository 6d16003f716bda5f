import { bytesKey, pair, textKey, triple, u64Key } from "#chain/kernel/keys.ts";
import { keyspace, present } from "#chain/kernel/state.ts";
import { addressKey } from "#chain/protocol/address.ts";
import { Beacon, BeaconKey, Candidate, Election, Seat } from "#proto/gen/iterum/elections.ts";

const VALIDATOR_BYTES = 20;

/** (gameId, roundId): the prefix of a round's rows. */
export const roundKey = pair(textKey, u64Key);
const memberKey = triple(textKey, u64Key, addressKey);

const space = keyspace("elections");
export const elections = space.table(1, textKey, Election);
export const beacon = space.item(2, Beacon);
export const beaconKeys = space.table(3, bytesKey(VALIDATOR_BYTES), BeaconKey);
export const candidates = space.table(4, memberKey, Candidate);
export const exclusions = space.table(5, memberKey, present);
export const seats = space.table(6, memberKey, Seat);
