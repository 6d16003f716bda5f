import { type Codec, encodeField } from "#chain/proto/codec.ts";
import type { FieldInfo } from "#chain/proto/field.ts";
import { type Cursor, readU32 } from "#chain/proto/read.ts";
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
  readonly body: unknown;
}

/** Requests by the tag of their member of Request, each with the codec of its body. */
const REQUESTS: ReadonlyMap<number, { readonly method: Method; readonly body: Codec<unknown> }> = new Map(
  METHODS.map((method) => {
    const { tag, ref } = fieldOf(Request, method);
    return [tag, { method, body: (ref as () => Codec<unknown>)() }];
  }),
);
const RESPONSES = Object.fromEntries(
  METHODS.map((method) => [method, fieldOf(Response, method)]),
) as Readonly<Record<Method, FieldInfo>>;

function fieldOf(codec: Codec<Request> | Codec<Response>, method: Method): FieldInfo {
  const field = codec.fields.find(({ name }) => name === method);
  if (field === undefined) throw new Error(`ABCI knows no ${method}`);
  return field;
}

/** Decodes a frame; throws DecodeError, and undefined stands for a method that this server does not know. */
export function parseCall(frame: Uint8Array): Call | undefined {
  const cursor: Cursor = { bytes: frame, isView: false, at: 0, end: frame.length };
  const known = frame.length > 0 ? REQUESTS.get(readU32(cursor)) : undefined;
  const length = known ? readU32(cursor) : 0;
  if (known && cursor.at + length === frame.length)
    return callOf(known.method, known.body.decode(frame.subarray(cursor.at)));
  // Several fields, which CometBFT never sends: the last one counts, as in any message.
  const request = Request.decode(frame);
  const method = METHODS.find((name) => request[name] !== undefined);
  return method && callOf(method, request[method]);
}

const callOf = (method: Method, body: unknown): Call => ({ method, urgency: URGENCY[method], body });

/** Calls the application; the answer is encoded when it is there. */
export function answer(application: Application, { method, body }: Call): Awaitable<Uint8Array> {
  const result = call(application, method, body);
  return result instanceof Promise
    ? result.then((value) => encodeField(RESPONSES[method], value))
    : encodeField(RESPONSES[method], result);
}

function call(application: Application, method: Method, body: unknown): Awaitable<unknown> {
  if (method === "echo") return body;
  if (method === "flush") return {};
  // The body is the one of that method, which the types cannot say.
  const run = application[method] as (body: unknown) => Awaitable<unknown>;
  return run.call(application, body);
}

/** The answer that tells CometBFT to stop. */
export const encodeException = (error: string): Uint8Array =>
  Response.encode({ ...Response.zero(), exception: { error } });
