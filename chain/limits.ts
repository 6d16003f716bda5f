/** Bounds of the protocol. Each is part of consensus: a change is a change of the state machine. */

/** Longest transaction, in bytes; one that carries a proof fits. */
export const TX_BYTES_MAX = 262_144;
/** Most messages of a transaction. */
export const TX_MESSAGES_MAX = 16;
/** Longest memo, in UTF-8 bytes. */
export const TX_MEMO_BYTES_MAX = 256;
/** Greatest gas that one transaction may ask for. */
export const TX_GAS_MAX = 50_000_000n;
/** Bytes of a block's transactions, and of one that CometBFT is told to allow. */
export const BLOCK_BYTES_MAX = 2_097_152;
/** Gas of a block. */
export const BLOCK_GAS_MAX = 200_000_000n;
/** Proofs of inference judged for one block, over all games. */
export const BLOCK_PROOFS_MAX = 16;
/** Longest time between a block and the deadline of an unordered transaction in it. */
export const UNORDERED_TTL_MS = 600_000n;
/** Gas that each signer's mark of an unordered transaction costs, which lies in the state for that time. */
export const UNORDERED_GAS = 40_000n;
/** Marks that one block removes once their deadline has passed. */
export const UNORDERED_PER_BLOCK_MAX = 5_000;

/** Stops the node at start when two bounds contradict each other. */
export function assertLimits(): void {
  const relations: readonly (readonly [string, boolean])[] = [
    ["a transaction fits a block", TX_BYTES_MAX < BLOCK_BYTES_MAX],
    ["a transaction's gas fits a block", TX_GAS_MAX < BLOCK_GAS_MAX],
    [
      "a block removes as many unordered marks as one can bring",
      BLOCK_GAS_MAX <= UNORDERED_GAS * BigInt(UNORDERED_PER_BLOCK_MAX),
    ],
    ["a memo fits a transaction", TX_MEMO_BYTES_MAX < TX_BYTES_MAX],
  ];
  for (const [relation, holds] of relations) if (!holds) throw new Error(`limits contradict: ${relation}`);
}
