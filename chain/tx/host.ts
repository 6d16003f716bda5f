import type { AccountKey } from "#chain/protocol/account-key.ts";

/** An account as transactions see it; `key` is unset until its first transaction. */
export interface TxAccount {
  readonly number: bigint;
  readonly sequence: bigint;
  readonly key: AccountKey | undefined;
}

type FeeCoins = readonly { readonly denom: string; readonly amount: bigint }[];

/** What transactions need of accounts and balances; the app fills it from its modules. */
export interface TxHost {
  account(address: string): TxAccount | undefined;
  /** Takes a fee; throws InsufficientFunds where the payer does not have it. */
  charge(payer: string, fee: FeeCoins): void;
  /** Takes it from one who allowed the payer to; throws where the allowance does not cover it. */
  chargeGranter(granter: string, payer: string, fee: FeeCoins): void;
  bumpSequence(address: string): void;
  setKey(address: string, key: AccountKey): void;
  /** Whether an unordered transaction of the account with that deadline has run. */
  hasRun(address: string, deadlineNs: bigint): boolean;
  markRun(address: string, deadlineNs: bigint): void;
}
