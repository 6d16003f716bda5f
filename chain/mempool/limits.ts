/** Bounds of one node's mempool; unlike those of chain/limits.ts they are no part of consensus. */
export interface MempoolLimits {
  /** Transactions without a proof, all together. */
  readonly txsMax: number;
  /** Their bytes. */
  readonly bytesMax: number;
  /** Transactions of one sender, and how far ahead of its account a sequence may be. */
  readonly senderTxsMax: number;
  readonly senderBytesMax: number;
  /** Transactions that bring a proof, at most one of whoever owes proofs; they have room of their own. */
  readonly proofTxsMax: number;
  readonly proofBytesMax: number;
  /** Blocks and milliseconds after which a transaction that is in no block is dropped. */
  readonly ttlBlocks: bigint;
  readonly ttlMs: number;
  /** The same for one that waits for a sequence before its own. */
  readonly gapTtlBlocks: bigint;
  readonly gapTtlMs: number;
  /** How much more a replacement must pay for a unit of gas, in percent. */
  readonly replacePercent: bigint;
  /** Blocks after which a transaction that still waits is handed to peers again. */
  readonly announceAgainBlocks: bigint;
  /** Most bytes handed to peers at once. */
  readonly reapBytesMax: number;
  /** Least price of gas that this node takes, in millionths; the chain's own counts if it is more. */
  readonly gasPriceMinMicro: bigint;
}

/** Some 100 MB at most. A client's transactions end by their own timeout before they reach this age. */
export const MEMPOOL_LIMITS: MempoolLimits = {
  txsMax: 20_000,
  bytesMax: 33_554_432,
  senderTxsMax: 256,
  senderBytesMax: 2_097_152,
  proofTxsMax: 64,
  proofBytesMax: 8_388_608,
  ttlBlocks: 600n,
  ttlMs: 1_800_000,
  gapTtlBlocks: 120n,
  gapTtlMs: 180_000,
  replacePercent: 10n,
  announceAgainBlocks: 10n,
  reapBytesMax: 1_048_576,
  gasPriceMinMicro: 0n,
};
