import { type BlockInfo, readCtx } from "#chain/kernel/block.ts";
import type { ReadStore } from "#chain/kernel/ctx.ts";
import { ensure, errorSet } from "#chain/kernel/error.ts";
import { overlay } from "#chain/kernel/overlay.ts";
import { failureOf } from "#chain/tx/result.ts";
import { SimulateRequest, SimulateResponse } from "#proto/gen/cosmos/tx.ts";
import { simulateTx } from "./execute.ts";
import type { Machine, QueryRequest, QueryResult } from "./types.ts";

/** Codes that clients of the Cosmos world know. */
const errors = errorSet("sdk", {
  UnknownPath: [6, "unknown query path"],
  InvalidHeight: [26, "invalid height: only the latest state can be read"],
  NotReady: [18, "the chain has no state yet"],
});

const SIMULATE = "/cosmos.tx.v1beta1.Service/Simulate";
const STORE_PATH = /^\/store\/([a-z]+)\/key$/;

function simulate(machine: Machine, store: ReadStore, block: BlockInfo, data: Uint8Array): Uint8Array {
  const { txBytes } = SimulateRequest.decode(data);
  const { gasWanted, gasUsed, data: answer, events } = simulateTx(machine, overlay(store), block, txBytes);
  return SimulateResponse.encode({
    gasInfo: { gasWanted, gasUsed },
    result: { data: answer, log: "", events, msgResponses: [] },
  });
}

function answer(
  machine: Machine,
  store: ReadStore,
  block: BlockInfo,
  { path, data }: QueryRequest,
): Uint8Array {
  if (path === SIMULATE) return simulate(machine, store, block, data);
  const [, space] = STORE_PATH.exec(path) ?? [];
  if (space !== undefined) return store.get(space, data) ?? new Uint8Array(0);
  const query = machine.registry.queries.get(path);
  ensure(query, errors.UnknownPath, { path: path.slice(0, 80) });
  const request = query.request.decode(data);
  return query.response.encode(query.answer(readCtx(store, block), request));
}

/** Answers a query on the committed state. Never throws but for a bug. */
export function runQuery(
  machine: Machine,
  store: ReadStore,
  block: BlockInfo | undefined,
  request: QueryRequest,
): QueryResult {
  const height = block?.height ?? 0n;
  const none = new Uint8Array(0);
  try {
    ensure(block, errors.NotReady);
    ensure(request.height === 0n || request.height === height, errors.InvalidHeight, { latest: height });
    const value = answer(machine, store, block, request);
    return {
      code: 0,
      codespace: "",
      log: "",
      key: STORE_PATH.test(request.path) ? request.data : none,
      value,
      height,
    };
  } catch (error) {
    return { ...failureOf(error), key: none, value: none, height };
  }
}
