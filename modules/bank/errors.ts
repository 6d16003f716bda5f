import { errorSet } from "#chain/kernel/error.ts";

export const errors = errorSet("bank", {
  BadAddress: [2, "not an address of this chain"],
  BadCoins: [3, "coins must be sorted, unique and above zero"],
  ModuleRecipient: [4, "the recipient is a module's account"],
  BadGenesis: [5, "genesis balances are not consistent"],
  Overflow: [6, "amount does not fit in 128 bits"],
  NoDenom: [7, "rpc error: code = NotFound desc = no such denom"],
});

/** Wallets know this pair. */
export const { InsufficientFunds } = errorSet("sdk", { InsufficientFunds: [5, "insufficient funds"] });
