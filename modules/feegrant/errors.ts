import { errorSet } from "#chain/kernel/error.ts";

/** The first ones have the codes that Cosmos SDK gives them. */
export const errors = errorSet("feegrant", {
  LimitExceeded: [2, "fee limit exceeded"],
  Expired: [3, "fee allowance expired"],
  NoAllowance: [5, "no allowance"],
  BadAddress: [8, "not an address of this chain, or one's own"],
  BadAllowance: [9, "the allowance is not one"],
  AllowanceExists: [10, "fee allowance already exists"],
  BadGenesis: [11, "genesis allowances are not consistent"],
  NotFound: [12, "rpc error: code = NotFound desc = no such allowance"],
});
