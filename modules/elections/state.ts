import { bytesKey, descendingKey, pair, textKey, triple, u64Key } from "#chain/kernel/keys.ts";
import { keyspace, present, u64Value } from "#chain/kernel/state.ts";
import { versions } from "#chain/kernel/versions.ts";
import { addressKey } from "#chain/protocol/address.ts";
import {
  Beacon,
  BeaconKey,
  Candidate,
  ComingBeaconKey,
  CouncilVote,
  Election,
  Seat,
  Ticket,
} from "#proto/gen/iterum/elections.ts";

const VALIDATOR_BYTES = 20;

/** (gameId, roundId): the prefix of a round's rows. */
export const roundKey = pair(textKey, u64Key);
const memberKey = triple(textKey, u64Key, addressKey);

const space = keyspace("elections");
export const elections = versions(space, 1, Election); // by game and round
export const beacon = space.item(2, Beacon);
export const beaconKeys = space.table(3, bytesKey(VALIDATOR_BYTES), BeaconKey);
export const candidates = space.table(4, memberKey, Candidate);
export const exclusions = space.table(5, memberKey, present);
export const seats = space.table(6, memberKey, Seat);
export const urnSizes = space.table(7, roundKey, u64Value);
// (gameId, roundId, place)
export const tickets = space.table(8, triple(textKey, u64Key, u64Key), Ticket);
export const emptying = space.table(9, roundKey, present); // urns that are over
// (gameId, member) → last round that it is kept out of
export const bars = space.table(10, pair(textKey, addressKey), u64Value);
/** (gameId, term): the prefix of a council's rows. */
export const termKey = pair(textKey, u64Key);
// (term, voter)
export const councilVotes = space.table(11, pair(termKey, addressKey), CouncilVote);
// (term, nominee) → votes
export const tallies = space.table(12, pair(termKey, addressKey), u64Value);
// (term, 2⁶⁴ − 1 − votes, nominee)
export const standings = space.table(13, triple(termKey, descendingKey, addressKey), present);
export const terms = space.table(14, textKey, u64Value); // of each game; 0 where there is none
export const endedTerms = space.table(15, termKey, present); // whose votes are being cleared
/** By operator: what its validator signs the beacon with after a height. */
export const comingKeys = space.table(16, addressKey, ComingBeaconKey);
/** (height, operator): when it does. */
export const comings = space.table(17, pair(u64Key, addressKey), present);
/** (height, consensus address): whose key goes then, unless it can propose again. */
export const goings = space.table(18, pair(u64Key, bytesKey(VALIDATOR_BYTES)), present);
