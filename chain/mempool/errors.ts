import { ChainError, errorSet } from "#chain/kernel/error.ts";

/** Refusals of the mempool itself, under the codes that clients of the Cosmos world know. */
export const errors = errorSet("sdk", {
  InsufficientFunds: [5, "insufficient funds for the fees of all that waits"],
  UnderpricedReplacement: [13, "insufficient fee: another transaction has this deadline"],
  TxInMempool: [19, "tx already in mempool"],
  MempoolFull: [20, "mempool is full"],
});

/**
 * The error of a turn that another transaction has taken, in the words that Cosmos clients look for: most
 * have only counted wrong. `feeToReplace` is what those must pay who mean to replace it.
 */
export const turnTaken = (expected: bigint, got: bigint, feeToReplace: bigint): ChainError =>
  new ChainError(
    "sdk",
    32,
    `account sequence mismatch, expected ${expected}, got ${got}: incorrect account sequence`,
    { feeToReplace },
  );
