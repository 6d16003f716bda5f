import type { Rpc } from "#chain/proto/codec.ts";
import type { CometRpc } from "./comet.ts";

/** A call that the node answers from its blocks, mempool or indexer, where the state has no answer. */
export interface NodeCall {
  readonly rpc: Rpc<unknown, unknown>;
  readonly answer: (comet: CometRpc, request: unknown) => Promise<unknown>;
  /** How many of it are answered at once; the others are told to come again. */
  readonly atOnceMax: number;
}

/** A call with what answers it. */
export const nodeCall = <Q, R>(
  rpc: Rpc<Q, R>,
  answer: (comet: CometRpc, request: Q) => Promise<R>,
  atOnceMax = Number.POSITIVE_INFINITY,
): NodeCall => ({
  rpc: rpc as unknown as NodeCall["rpc"],
  answer: answer as unknown as NodeCall["answer"],
  atOnceMax,
});
