import { errorSet } from "#chain/kernel/error.ts";

/** Refusals of the mempool itself, under the codes that clients of the Cosmos world know. */
export const errors = errorSet("sdk", {
  InsufficientFunds: [5, "insufficient funds for the fees of all that waits"],
  UnderpricedReplacement: [13, "insufficient fee: another transaction has this sequence"],
  TxInMempool: [19, "tx already in mempool"],
  MempoolFull: [20, "mempool is full"],
});
