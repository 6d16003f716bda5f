import { errorSet } from "#chain/kernel/error.ts";

export const errors = errorSet("vesting", {
  NoRule: [2, "the game pays profits at once"],
  BadRule: [3, "the rule of vesting is not consistent"],
  NoSuspicion: [4, "the figures do not speak against the operator"],
  Suspected: [5, "the pair has been suspected on these figures"],
  NothingLeft: [6, "the operator has nothing that is not paid yet"],
  BadAddress: [7, "not an address of this chain"],
  BadGenesis: [8, "genesis profits are not consistent"],
});
