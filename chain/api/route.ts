import type { Rpc } from "#chain/proto/codec.ts";

/** A route of REST: which call it makes, and where in the URL the fields of the request stand. */
export interface Route {
  readonly method: "GET" | "POST";
  /** Parts in braces name the fields that stand there; other fields come in the query or body. */
  readonly path: string;
  readonly rpc: Rpc<unknown, unknown>;
}

const route =
  (method: Route["method"]) =>
  <Q, R>(path: string, rpc: Rpc<Q, R>): Route => ({ method, path, rpc: rpc as unknown as Route["rpc"] });

/** A route whose request is in the URL. */
export const get = route("GET");
/** A route whose request is in the body. */
export const post = route("POST");
