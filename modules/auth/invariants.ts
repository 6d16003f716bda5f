import { invariant } from "#chain/kernel/module.ts";
import { keyAddress } from "#chain/protocol/account-key.ts";
import { keyOf } from "./api.ts";
import { accounts } from "./state.ts";

/** Nobody signs for another's account. */
export const keysGiveAddresses = invariant("a known key gives its account's address", "full", (ctx) => {
  for (const [address, account] of accounts.all(ctx)) {
    const key = keyOf(account);
    if (key && keyAddress(key) !== address) return false;
  }
  return true;
});
