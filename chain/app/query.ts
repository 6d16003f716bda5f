import { type BlockInfo, readCtx } from "#chain/kernel/block.ts";
import type { ReadStore } from "#chain/kernel/ctx.ts";
import { ensure, errorSet } from "#chain/kernel/error.ts";
import { overlay } from "#chain/kernel/overlay.ts";
import type { Codec } from "#chain/proto/codec.ts";
import { DecodeError } from "#chain/proto/error.ts";
import { type CommitStore, KEY_BYTES_MAX } from "#chain/store/port.ts";
import { failureOf } from "#chain/tx/result.ts";
import { SimulateRequest, SimulateResponse } from "#proto/gen/cosmos/tx.ts";
import type { ProofOp } from "#proto/gen/tendermint/crypto.ts";
import { BASE_SPACE, blockOf } from "./base.ts";
import type { Rules, State } from "./era.ts";
import { simulateTx } from "./execute.ts";
import type { Machine, QueryRequest, QueryResult } from "./types.ts";

/** Codes that clients of the Cosmos world know. */
const errors = errorSet("sdk", {
  UnknownPath: [6, "unknown query path"],
  InvalidHeight: [26, "invalid height: this node does not keep its state"],
  NotReady: [18, "the chain has no state yet"],
  BadRequest: [18, "the request cannot be read"],
  BadKey: [18, "a key of the store has 1 to 1024 bytes"],
});

const SIMULATE = "/cosmos.tx.v1beta1.Service/Simulate";
const STORE_PATH = /^\/store\/([a-z0-9_]+)\/key$/;

/** The request in its one form. */
function requestOf<T>(codec: Codec<T>, data: Uint8Array): T {
  try {
    return codec.decode(data);
  } catch (error) {
    if (error instanceof DecodeError) throw errors.BadRequest({ why: error.message.slice(0, 200) });
    throw error;
  }
}

function simulate(machine: Machine, store: ReadStore, block: BlockInfo, data: Uint8Array): Uint8Array {
  const { txBytes } = requestOf(SimulateRequest, data);
  const { gasWanted, gasUsed, data: answer, events } = simulateTx(machine, overlay(store), block, txBytes);
  return SimulateResponse.encode({
    gasInfo: { gasWanted, gasUsed },
    result: { data: answer, log: "", events, msgResponses: [] },
  });
}

/** A state that queries read: a committed version with its proofs, or genesis before the first. */
export interface QueryBase {
  /** That of its rules. */
  readonly machine: Machine;
  readonly store: ReadStore;
  readonly block: BlockInfo;
  readonly prove?: (space: string, key: Uint8Array) => readonly ProofOp[];
}

/** Finds the states that queries may ask for, by height, 0 for the last: of genesis there is one. */
export const queryBases =
  (rules: Rules, store: CommitStore, genesis: State | undefined) =>
  (height: bigint): QueryBase | undefined => {
    const asked = (at: State): QueryBase | undefined => {
      const era = rules.find(at);
      return era && at.block && { machine: era.machine, store: at.state, block: at.block };
    };
    if (genesis) return height === 0n || height === genesis.block?.height ? asked(genesis) : undefined;
    const view = height === 0n || height === store.height ? store : store.at(height);
    const base = view && asked({ state: view, block: blockOf(view) });
    return base && { ...base, prove: (space, key) => view.prove(space, key) };
  };

type Answer = Pick<QueryResult, "key" | "value" | "proofOps">;
const NONE = new Uint8Array(0);

/** What an entry of the store is, with the proof of it or of its absence. */
function entry(
  { machine, store, prove }: QueryBase,
  space: string,
  { data: key, ...asked }: QueryRequest,
): Answer {
  const isSpace = space === BASE_SPACE || machine.registry.modules.some(({ name }) => name === space);
  ensure(isSpace, errors.UnknownPath, { path: `/store/${space}/key` });
  ensure(key.length > 0 && key.length <= KEY_BYTES_MAX, errors.BadKey, { bytes: key.length });
  const value = store.get(space, key) ?? NONE;
  if (!asked.prove) return { key, value };
  ensure(prove, errors.NotReady);
  return { key, value, proofOps: { ops: prove(space, key) } };
}

function answer(base: QueryBase, request: QueryRequest): Answer {
  const { machine, store, block } = base;
  const { path, data } = request;
  if (path === SIMULATE) return { key: NONE, value: simulate(machine, store, block, data) };
  const [, space] = STORE_PATH.exec(path) ?? [];
  if (space !== undefined) return entry(base, space, request);
  const query = machine.registry.queries.get(path);
  ensure(query, errors.UnknownPath, { path: path.slice(0, 80) });
  const asked = requestOf(query.request, data);
  const value = query.response.encode(query.answer(readCtx(store, block), asked));
  return { key: NONE, value };
}

/**
 * Answers a query on a committed state; `base` finds that of a height, 0 for the latest. Never throws but for
 * a bug.
 */
export function runQuery(
  latest: bigint,
  base: (height: bigint) => QueryBase | undefined,
  request: QueryRequest,
): QueryResult {
  let height = latest;
  try {
    const found = base(request.height);
    ensure(found || request.height !== 0n, errors.NotReady);
    ensure(found, errors.InvalidHeight, { latest });
    height = found.block.height;
    return { code: 0, codespace: "", log: "", ...answer(found, request), height };
  } catch (error) {
    return { ...failureOf(error), key: NONE, value: NONE, height };
  }
}
