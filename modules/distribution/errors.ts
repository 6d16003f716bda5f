import { errorSet } from "#chain/kernel/error.ts";

/** The first ones have the codes that Cosmos SDK gives them. */
export const errors = errorSet("distribution", {
  NoCommission: [7, "no validator commission to withdraw"],
  WithdrawAddressFixed: [8, "set withdraw address disabled"],
  PoolTooSmall: [9, "community pool does not have sufficient coins to distribute"],
  NoValidator: [12, "validator does not exist"],
  NoDelegation: [13, "delegation does not exist"],
  BadAddress: [20, "not an address of this chain, or a module's"],
  BadParams: [21, "the parameters of distribution are out of range"],
  BadGenesis: [22, "genesis rewards are not consistent"],
});
