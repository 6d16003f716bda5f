import { ChainError, stopsNode } from "#chain/kernel/error.ts";
import { TxMsgData } from "#proto/gen/cosmos/base/abci.ts";
import type { Any } from "#proto/gen/google/protobuf.ts";
import type { Event, ExecTxResult } from "#proto/gen/tendermint/abci.ts";

/** Longest log of a result, in characters. It is for people, and no part of the results hash. */
export const LOG_CHARACTERS_MAX = 1024;
/** Code (sdk) of a message that failed in a way its module did not foresee: Cosmos SDK's ErrPanic. */
export const CODE_PANIC = 111_222;

/** What a transaction asked for and what it used; both are part of the results hash. */
export interface GasCount {
  readonly gasWanted: bigint;
  readonly gasUsed: bigint;
}

/** The result of a transaction whose messages all succeeded: their responses, as clients decode them. */
export const successResult = (
  responses: readonly Any[],
  gas: GasCount,
  events: readonly Event[],
): ExecTxResult => ({
  code: 0,
  codespace: "",
  data: TxMsgData.encode({ data: [], msgResponses: responses }),
  log: "",
  info: "",
  gasWanted: gas.gasWanted,
  gasUsed: gas.gasUsed,
  events,
});

/** What an error makes of a transaction: its place in the table of errors, and a log. */
export interface Failure {
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
}

/**
 * The code, codespace and log of what a transaction threw. A ChainError keeps its own; another error has
 * `CODE_PANIC` and undoes the transaction alone. Throws it again where the node must stop: a ChainBug, what
 * is no Error, and a full stack, which no two nodes need meet at the same place.
 */
export function failureOf(error: unknown): Failure {
  if (error instanceof ChainError)
    return { code: error.code, codespace: error.codespace, log: error.message.slice(0, LOG_CHARACTERS_MAX) };
  if (stopsNode(error)) throw error;
  const { name, message } = error as Error;
  const log = `panic: ${name}: ${message}`.slice(0, LOG_CHARACTERS_MAX);
  return { code: CODE_PANIC, codespace: "sdk", log };
}

/** The result of a transaction that threw. It has no data, since no text may enter the results hash. */
export const failureResult = (error: unknown, gas: GasCount, events: readonly Event[]): ExecTxResult => ({
  ...failureOf(error),
  data: new Uint8Array(),
  info: "",
  gasWanted: gas.gasWanted,
  gasUsed: gas.gasUsed,
  events,
});
