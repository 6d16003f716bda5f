import { errorSet } from "#chain/kernel/error.ts";

export const errors = errorSet("slashing", {
  NotJailed: [2, "the validator is not jailed"],
  StillJailed: [3, "the validator is still jailed; cannot be unjailed"],
  Tombstoned: [4, "the validator has signed two blocks of one height and never comes back"],
  BelowPromise: [5, "the validator has less stake of its own than it has promised"],
  NoSigningInfo: [6, "rpc error: code = NotFound desc = no signing info of that validator"],
  BadParams: [7, "parameters are out of bounds"],
  BadGenesis: [8, "signing records are not consistent"],
  BadAddress: [9, "not an address of this chain"],
});
