import { errorSet } from "#chain/kernel/error.ts";

export const errors = errorSet("auth", {
  NoAccount: [2, "rpc error: code = NotFound desc = no such account"],
  BadGenesis: [3, "genesis accounts are not consistent"],
});
