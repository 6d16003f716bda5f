import { errorSet } from "#chain/kernel/error.ts";

export const errors = errorSet("community", {
  NotMember: [2, "the account is no member of the game's community"],
  NotBound: [3, "the member has not bound an Ethereum account"],
  AlreadyBound: [4, "the member has bound an Ethereum account"],
  BadBinding: [5, "the Ethereum signature does not bind this account"],
  BadGenesis: [6, "genesis members are not consistent"],
  EthereumTaken: [7, "the Ethereum account stands behind another member"],
  WrongKind: [8, "the community has another kind of membership"],
  BadRule: [9, "the rule of membership is not consistent"],
  NoStanding: [10, "the member counts for nothing in this round"],
  BadStake: [11, "the amount does not leave a valid stake"],
  BadProof: [12, "the snapshot has no such leaf"],
  AlreadyClaimed: [13, "the place has been claimed under this snapshot"],
  BadListing: [14, "the list of members is not consistent"],
  Founded: [15, "the game has a community"],
});
