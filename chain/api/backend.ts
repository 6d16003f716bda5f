import type { Rpc } from "#chain/proto/codec.ts";
import { blockCalls } from "./blocks.ts";
import type { CometRpc, StateAnswer } from "./comet.ts";
import { ApiError } from "./errors.ts";
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
  const working = new Map<NodeCall, number>();
  const answer = async (call: NodeCall, request: unknown): Promise<unknown> => {
    const others = working.get(call) ?? 0;
    if (others >= call.atOnceMax) throw new ApiError("unavailable", "too many of these at once");
    working.set(call, others + 1);
    try {
      return await call.answer(comet, request);
    } finally {
      working.set(call, (working.get(call) ?? 1) - 1);
    }
  };
  return {
    async ask(rpc, request, height) {
      const call = calls.get(rpc.path);
      if (call) return { message: await answer(call, request), height: 0n };
      const found = await comet.query(rpc.path, rpc.request.encode(request), height);
      return { message: rpc.response.decode(found.value), height: found.height };
    },
    async askBytes(path, data, height) {
      const call = calls.get(path);
      if (!call) return comet.query(path, data, height);
      const { request, response } = call.rpc;
      const message = await answer(call, request.decode(data));
      return { value: response.encode(message), height: 0n };
    },
  };
}
