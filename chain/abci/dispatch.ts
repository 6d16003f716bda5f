import { Request, Response } from "#proto/gen/tendermint/abci.ts";
import type { Application, Awaitable } from "./application.ts";

/** Names of the methods, as the members of Request and of Response. */
export type Method = Exclude<keyof Request & keyof Response, "exception">;

/**
 * How urgent a method is. `consensus` goes before everything else: whoever is late there misses votes. Of
 * `mempool` several may be under way at once, answered in order.
 */
export type Urgency = "consensus" | "mempool" | "query" | "any";

const URGENCY: Readonly<Record<Method, Urgency>> = {
  echo: "any",
  flush: "any",
  info: "consensus",
  initChain: "consensus",
  prepareProposal: "consensus",
  processProposal: "consensus",
  extendVote: "consensus",
  verifyVoteExtension: "consensus",
  finalizeBlock: "consensus",
  commit: "consensus",
  checkTx: "mempool",
  insertTx: "mempool",
  reapTxs: "mempool",
  query: "query",
  listSnapshots: "query",
  offerSnapshot: "query",
  loadSnapshotChunk: "query",
  applySnapshotChunk: "query",
};
const METHODS = Object.keys(URGENCY) as readonly Method[];

/** A request with its method found out. */
export interface Call {
  readonly method: Method;
  readonly urgency: Urgency;
  readonly request: Request;
}

/** Decodes a frame; throws DecodeError, and undefined stands for a method that this server does not know. */
export function parseCall(frame: Uint8Array): Call | undefined {
  const request = Request.decode(frame);
  const method = METHODS.find((name) => request[name] !== undefined);
  return method === undefined ? undefined : { method, urgency: URGENCY[method], request };
}

/** Calls the application; the answer is encoded when it is there. */
export function answer(application: Application, { method, request }: Call): Awaitable<Uint8Array> {
  const result = call(application, method, request);
  return result instanceof Promise
    ? result.then((value) => encodeResponse(method, value))
    : encodeResponse(method, result);
}

function call(application: Application, method: Method, request: Request): Awaitable<unknown> {
  if (method === "echo") return request.echo;
  if (method === "flush") return {};
  // The member named by `method` holds the request of that method, which the types cannot say.
  const run = application[method] as (body: unknown) => Awaitable<unknown>;
  return run.call(application, request[method]);
}

function encodeResponse(method: Method, value: unknown): Uint8Array {
  return Response.encode({ ...Response.zero(), [method]: value });
}

/** The answer that tells CometBFT to stop. */
export const encodeException = (error: string): Uint8Array =>
  Response.encode({ ...Response.zero(), exception: { error } });
