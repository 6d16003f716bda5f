import type { Rpc } from "#chain/proto/codec.ts";
import type { CometRpc } from "./comet.ts";

/** A call that the node answers from its blocks, mempool or indexer, where the state has no answer. */
export interface NodeCall {
  readonly rpc: Rpc<unknown, unknown>;
  readonly answer: (comet: CometRpc, request: unknown) => Promise<unknown>;
}

/** A call with what answers it. */
export const nodeCall = <Q, R>(
  rpc: Rpc<Q, R>,
  answer: (comet: CometRpc, request: Q) => Promise<R>,
): NodeCall => ({ rpc: rpc as unknown as NodeCall["rpc"], answer: answer as unknown as NodeCall["answer"] });
