import type { Rpc } from "#chain/proto/codec.ts";
import { blockCalls } from "./blocks.ts";
import type { CometRpc, StateAnswer } from "./comet.ts";
import type { NodeCall } from "./node-service.ts";
import { stateCalls } from "./node-state.ts";
import { txCalls } from "./txs.ts";

const calls: ReadonlyMap<string, NodeCall> = new Map(
  [...txCalls, ...blockCalls, ...stateCalls].map((call) => [call.rpc.path, call]),
);

/** An answer with the height of the state that it is from; 0 where it is from no state. */
export interface Answer {
  readonly message: unknown;
  readonly height: bigint;
}

/** Whatever answers calls: the node's own parts first, the state else. */
export interface Backend {
  /** Answers a call; a height of 0 stands for the latest. Throws ApiError. */
  ask(rpc: Rpc<unknown, unknown>, request: unknown, height: bigint): Promise<Answer>;
  /** The same for encoded messages of a path that may be no known one. */
  askBytes(path: string, request: Uint8Array, height: bigint): Promise<StateAnswer>;
}

/** Answers calls from a node. */
export function backendOf(comet: CometRpc): Backend {
  return {
    async ask(rpc, request, height) {
      const call = calls.get(rpc.path);
      if (call) return { message: await call.answer(comet, request), height: 0n };
      const answer = await comet.query(rpc.path, rpc.request.encode(request), height);
      return { message: rpc.response.decode(answer.value), height: answer.height };
    },
    async askBytes(path, data, height) {
      const call = calls.get(path);
      if (!call) return comet.query(path, data, height);
      const { request, response } = call.rpc;
      const message = await call.answer(comet, request.decode(data));
      return { value: response.encode(message), height: 0n };
    },
  };
}
