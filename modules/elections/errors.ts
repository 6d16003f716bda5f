import { errorSet } from "#chain/kernel/error.ts";

export const errors = errorSet("elections", {
  BadElection: [2, "the game's election rule is not consistent"],
  BadBeacon: [3, "the proposer's beacon signature is wrong"],
  NoBeaconKey: [4, "the proposer has no beacon key"],
  NotElected: [5, "the account is not elected to open its data now"],
  NoElection: [6, "the game has no election rule"],
  BadGenesis: [7, "genesis of the elections is not consistent"],
  Barred: [8, "the member was slashed and is kept out of some rounds"],
  UrnFull: [9, "as many have committed data as there are seats"],
  BadVote: [10, "not a vote that can be counted"],
  BadBeaconKey: [11, "not a beacon key whose secret its owner has shown to know"],
  KeyIsComing: [12, "the validator's next beacon key is on its way already"],
  BeaconUnsigned: [13, "nobody signs the beacon of this chain"],
});
