import type { Entry, PoolTx } from "./types.ts";

/** What waits of one account. */
interface Account<T extends PoolTx> {
  /** Everything that it signs or pays for. */
  readonly entries: Set<Entry<T>>;
  /** Count and bytes of what it sends. */
  sent: number;
  sentBytes: number;
  /** Fees of everything that it pays for, in base units. */
  owed: bigint;
}

/** Keeps count of what waits, account by account. */
export interface Ledger<T extends PoolTx> {
  add(entry: Entry<T>): void;
  remove(entry: Entry<T>): void;
  sent(address: string): { readonly txs: number; readonly bytes: number };
  owed(address: string): bigint;
  /** Everything that the account signs or pays for, in a new array. */
  entries(address: string): Entry<T>[];
}

/** An empty ledger. */
export function ledger<T extends PoolTx>(): Ledger<T> {
  const accounts = new Map<string, Account<T>>();
  const involved = ({ signers, payer }: T): Iterable<string> =>
    signers.includes(payer) ? signers : [...signers, payer];
  const change = (entry: Entry<T>, sign: 1 | -1): void => {
    const { tx } = entry;
    for (const address of involved(tx)) {
      const account = accounts.get(address) ?? { entries: new Set(), sent: 0, sentBytes: 0, owed: 0n };
      accounts.set(address, account);
      if (sign === 1) account.entries.add(entry);
      else account.entries.delete(entry);
      if (address === tx.sender) account.sent += sign;
      if (address === tx.sender) account.sentBytes += sign * tx.bytes.length;
      if (address === tx.payer) account.owed += BigInt(sign) * tx.fee;
      if (account.entries.size === 0) accounts.delete(address);
    }
  };
  return {
    add: (entry) => change(entry, 1),
    remove: (entry) => change(entry, -1),
    sent: (address) => {
      const { sent: txs, sentBytes: bytes } = accounts.get(address) ?? { sent: 0, sentBytes: 0 };
      return { txs, bytes };
    },
    owed: (address) => accounts.get(address)?.owed ?? 0n,
    entries: (address) => [...(accounts.get(address)?.entries ?? [])],
  };
}
