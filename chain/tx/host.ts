/** An account as transactions see it; `pubKey` is unset until its first transaction. */
export interface TxAccount {
  readonly number: bigint;
  readonly sequence: bigint;
  readonly pubKey: Uint8Array | undefined;
}

/** What transactions need of accounts and balances; the app fills it from its modules. */
export interface TxHost {
  account(address: string): TxAccount | undefined;
  /** Takes a fee; throws InsufficientFunds where the payer does not have it. */
  charge(payer: string, fee: readonly { denom: string; amount: bigint }[]): void;
  bumpSequence(address: string): void;
  setPubKey(address: string, key: Uint8Array): void;
}
