import { bytesKey, descendingKey, pair, triple, u64Key, u128Key } from "#chain/kernel/keys.ts";
import { keyspace, present, u64Value, type ValueCodec } from "#chain/kernel/state.ts";
import { addressBytes, addressKey, toAddress } from "#chain/protocol/address.ts";
import { Params } from "#proto/gen/cosmos/staking.ts";
import {
  ConsensusKey,
  Delegation,
  Founders,
  Leaving,
  Redelegation,
  Seat,
  Unbonding,
  Validator,
} from "#proto/gen/iterum/validators.ts";

/** Bytes of a consensus address. */
export const CONSENSUS_ADDRESS_BYTES = 20;

/** (first account, second account) */
const accountPair = pair(addressKey, addressKey);

/** An account as its 20 bytes. */
const accountValue: ValueCodec<string> = { encode: addressBytes, decode: toAddress };

const space = keyspace("validators");
/** Set on chains that stake; a chain without keeps the validators of consensus' genesis for ever. */
export const params = space.item(1, Params);
/** By operator. */
export const validators = space.table(2, addressKey, Validator);
/** By consensus address, those of validators that are gone too. */
export const consensusKeys = space.table(3, bytesKey(CONSENSUS_ADDRESS_BYTES), ConsensusKey);
/** (power, operator), the most powerful first: those that may be elected. */
export const byPower = space.table(4, pair(descendingKey, addressKey), present);
/** What consensus was told last, by operator. */
export const seats = space.table(5, addressKey, Seat);
/** Present when the next election may differ from the last. */
export const changed = space.item(6, present);
/** Present where only validators that are ready may be elected. */
export const readyOnly = space.item(7, present);
/** (delegator, operator) */
export const delegations = space.table(8, accountPair, Delegation);
/** (operator, delegator) */
export const delegators = space.table(9, accountPair, present);
/** (delegator, operator) */
export const unbondings = space.table(10, accountPair, Unbonding);
/** (operator, delegator) */
export const unbondingsOf = space.table(11, accountPair, present);
/** (delegator, destination, source) */
export const redelegations = space.table(12, triple(addressKey, addressKey, addressKey), Redelegation);
/** (source, delegator, destination) */
export const redelegationsOf = space.table(13, triple(addressKey, addressKey, addressKey), present);
/** (milliseconds, number): what comes to its end when. */
export const leavings = space.table(14, pair(u64Key, u64Key), Leaving);
export const nextLeaving = space.item(15, u64Value);
/** What founds the set, between the modules' genesis and the first election. */
export const founders = space.item(16, Founders);
/** By operator: entries on their way out of it, where there are any. */
export const leavers = space.table(17, addressKey, u64Value);
/** (delegator, destination): entries that stand for where they came from, where there are any. */
export const arrivals = space.table(18, accountPair, u64Value);
/** By source: entries that have moved away and stand for it, where there are any. */
export const departures = space.table(19, addressKey, u64Value);
/**
 * (operator, base units left, number) of each entry on its way out, the smallest first and of equals the
 * latest; whose it is.
 */
export const bySize = space.table(20, triple(addressKey, u128Key, descendingKey), accountValue);
