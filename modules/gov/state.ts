import { pair, u64Key } from "#chain/kernel/keys.ts";
import { keyspace, present, u64Value } from "#chain/kernel/state.ts";
import { addressKey } from "#chain/protocol/address.ts";
import { Deposit, Params, Proposal, Tally, Vote } from "#proto/gen/iterum/gov.ts";

const space = keyspace("gov");
export const params = space.item(1, Params);
export const nextProposalId = space.item(2, u64Value);
export const proposals = space.table(3, u64Key, Proposal);
export const deposits = space.table(4, pair(u64Key, addressKey), Deposit); // (proposalId, depositor)
export const votes = space.table(5, pair(u64Key, addressKey), Vote); // (proposalId, voter)
// (last height of a step, proposalId): those that end first come first
export const due = space.table(6, pair(u64Key, u64Key), present);
// proposalId: apart from the proposal, so that a vote does not write its messages anew
export const tallies = space.table(7, u64Key, Tally);
