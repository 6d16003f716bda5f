import { errorSet } from "#chain/kernel/error.ts";

export const errors = errorSet("validators", {
  NoValidator: [3, "rpc error: code = NotFound desc = validator does not exist"],
  BadGenesis: [4, "the validators of genesis are not consistent"],
});
