import { ChainError } from "#chain/kernel/error.ts";
import type { MempoolLimits } from "#chain/mempool/limits.ts";
import { type AccountState, Mempool } from "#chain/mempool/mempool.ts";
import { pick } from "#chain/mempool/pick.ts";
import type { PoolTx } from "#chain/mempool/types.ts";

/** Limits so small that every one of them is reached. */
export const SMALL: MempoolLimits = {
  txsMax: 8,
  bytesMax: 400,
  senderTxsMax: 4,
  senderBytesMax: 250,
  proofTxsMax: 2,
  proofBytesMax: 150,
  ttlBlocks: 10n,
  ttlMs: 10_000,
  gapTtlBlocks: 3n,
  gapTtlMs: 3_000,
  replacePercent: 10n,
  announceAgainBlocks: 4n,
  reapBytesMax: 200,
  gasPriceMinMicro: 0n,
};

/** A transaction of `sender`; `size` is its bytes. */
export function poolTx(
  sender: string,
  sequence: bigint,
  more: Partial<PoolTx> & { readonly size?: number } = {},
): PoolTx {
  const { size = 40, ...rest } = more;
  const [fee, gas] = [rest.fee ?? 100n, rest.gas ?? 100n];
  return {
    id: `${sender}/${sequence}/${fee}/${gas}/${size}/${rest.prover ?? ""}`,
    bytes: new Uint8Array(size),
    sender,
    lane: sender,
    sequence,
    signers: [sender],
    payer: sender,
    fee,
    gas,
    timeoutHeight: 0n,
    prover: undefined,
    ...rest,
  };
}

/** A pool with the accounts and the clock that it is told of. */
export interface Stage {
  readonly pool: Mempool<PoolTx>;
  readonly now: { height: bigint; ms: number };
  account(address: string): AccountState;
  setAccount(address: string, state: Partial<AccountState>): void;
  /** Offers a transaction; the code of the refusal, or 0. */
  add(tx: PoolTx, verify?: () => void): number;
  /** Commits a block of these transactions, in which every signer takes its turn. */
  commit(...txs: readonly PoolTx[]): void;
  /** Ids in the order in which a block with room for everything takes them. */
  picked(): string[];
}

const POOR: AccountState = { sequence: 0n, funds: 1_000_000n };

/** The code that a refusal throws; 0 without one. */
export function codeOf(work: () => void): number {
  try {
    work();
    return 0;
  } catch (error) {
    if (error instanceof ChainError) return error.code;
    throw error;
  }
}

/** An empty pool. */
export function stage(limits: MempoolLimits = SMALL): Stage {
  const pool = new Mempool<PoolTx>(limits);
  const accounts = new Map<string, AccountState>();
  const now = { height: 1n, ms: 0 };
  const account = (address: string): AccountState => accounts.get(address) ?? POOR;
  const setAccount: Stage["setAccount"] = (address, state) =>
    void accounts.set(address, { ...account(address), ...state });
  return {
    pool,
    now,
    account,
    setAccount,
    add: (tx, verify = () => undefined) =>
      codeOf(() =>
        pool.add(tx, {
          height: now.height,
          nowMs: now.ms,
          sequence: account(tx.lane).sequence,
          funds: account(tx.payer).funds,
          verify,
        }),
      ),
    commit: (...txs) => {
      now.height += 1n;
      now.ms += 1_000;
      const touched = new Set(txs.flatMap(({ signers, payer }) => [...signers, payer]));
      for (const { signers } of txs)
        for (const signer of signers) setAccount(signer, { sequence: account(signer).sequence + 1n });
      const ids = txs.map(({ id }) => id);
      const holds = (): boolean => false;
      pool.update({ height: now.height, nowMs: now.ms, ids, touched, account, holds });
    },
    picked: () => {
      const ids: string[] = [];
      pick(pool.ready(), ({ id }) => {
        ids.push(id);
        return "take";
      });
      return ids;
    },
  };
}
