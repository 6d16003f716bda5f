import { errorSet } from "#chain/kernel/error.ts";

export const errors = errorSet("community", {
  NotMember: [2, "the account is no member of the game's community"],
  NotBound: [3, "the member has not bound an Ethereum account"],
  AlreadyBound: [4, "the member has bound an Ethereum account"],
  BadBinding: [5, "the Ethereum signature does not bind this account"],
  BadGenesis: [6, "genesis members are not consistent"],
});
