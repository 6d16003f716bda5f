import { ChainError, errorSet } from "#chain/kernel/error.ts";

/** Errors of transactions as such, under the codespace and the codes that wallets know from Cosmos SDK. */
export const errors = errorSet("sdk", {
  TxDecode: [2, "tx parse error"],
  Unauthorized: [4, "unauthorized"],
  InsufficientFunds: [5, "insufficient funds"],
  UnknownMessage: [6, "unknown request"],
  InvalidAddress: [7, "invalid address"],
  InvalidPubKey: [8, "invalid pubkey"],
  UnknownAddress: [9, "unknown address"],
  InvalidCoins: [10, "invalid coins"],
  OutOfGas: [11, "out of gas"],
  MemoTooLarge: [12, "memo too large"],
  InsufficientFee: [13, "insufficient fee"],
  TooManySignatures: [14, "maximum number of signatures exceeded"],
  NoSignatures: [15, "no signatures supplied"],
  NoMessages: [18, "invalid request: no messages"],
  TooManyMessages: [18, "invalid request: too many messages"],
  BadDeadline: [18, "invalid request: unordered or time limit"],
  AlreadyExecuted: [19, "tx already in mempool or executed"],
  TxTooLarge: [21, "tx too large"],
  TimeoutHeight: [30, "tx timeout height"],
  UnknownExtension: [31, "unknown extension options"],
  NestedAny: [34, "failed unpacking protobuf message from Any"],
  NotSupported: [37, "feature not supported"],
  InvalidGasLimit: [41, "invalid gas limit"],
  Timeout: [42, "tx timeout"],
});

/** The error of a sequence out of turn, in the words that Cosmos clients look for. */
export const wrongSequence = (expected: bigint, got: bigint): ChainError =>
  new ChainError(
    "sdk",
    32,
    `account sequence mismatch, expected ${expected}, got ${got}: incorrect account sequence`,
  );
