import { cometRpc } from "#chain/api/comet.ts";
import { ApiError } from "#chain/api/errors.ts";
import { API_LIMITS } from "#chain/api/limits.ts";
import { findTx } from "#chain/api/txs.ts";
import type { QueryRequest, QueryResult } from "#chain/app/types.ts";
import { DecodeError } from "#chain/proto/error.ts";
import { Service } from "#proto/gen/cosmos/tx.ts";

const { path: PATH, request: Request, response: Response } = Service.getTx;
/** Pairs of Cosmos SDK for what is not there, and for everything else. */
const CODE_NOT_FOUND = 38;
const CODE_INVALID = 18;
/** Its index answers within milliseconds; a query that waits holds up those behind it. */
const TIMEOUT_MS = 2_000;
const NONE = new Uint8Array(0);

/** Whether a query asks for a transaction, which no state remembers. */
export const asksForTx = ({ path }: QueryRequest): boolean => path === PATH;

/** Answers such queries from the index of the node's own CometBFT. Never rejects but for a bug. */
export function txLookup(rpcUrl: string): (request: QueryRequest, height: bigint) => Promise<QueryResult> {
  const comet = cometRpc(rpcUrl, { ...API_LIMITS, timeoutMs: TIMEOUT_MS });
  return async ({ data }, height) => {
    const common = { codespace: "", log: "", key: NONE, height };
    try {
      const found = await findTx(comet, Request.decode(data).hash);
      return { ...common, code: 0, value: Response.encode(found) };
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof DecodeError)) throw error;
      const isMissing = error instanceof ApiError && error.kind === "notFound";
      const log = isMissing ? `rpc error: code = NotFound desc = ${error.message}` : error.message;
      const code = isMissing ? CODE_NOT_FOUND : CODE_INVALID;
      return { ...common, code, codespace: "sdk", log, value: NONE };
    }
  };
}
