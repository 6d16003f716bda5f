import { cometRpc } from "#chain/api/comet.ts";
import { ApiError } from "#chain/api/errors.ts";
import { API_LIMITS } from "#chain/api/limits.ts";
import { findTx } from "#chain/api/txs.ts";
import type { QueryRequest, QueryResult } from "#chain/app/types.ts";
import { DecodeError } from "#chain/proto/error.ts";
import { CODE_PANIC } from "#chain/tx/result.ts";
import { Service } from "#proto/gen/cosmos/tx.ts";
import { errors } from "./budget.ts";

const { path: PATH, request: Request, response: Response } = Service.getTx;
/** Pairs of Cosmos SDK for what is not there, and for everything else. */
const CODE_NOT_FOUND = 38;
const CODE_INVALID = 18;
/** Its index answers within milliseconds; a query that waits holds up those behind it. */
const TIMEOUT_MS = 2_000;
/** Answers are read on the thread of consensus: few at once, of one transaction with its events each. */
const AT_ONCE_MAX = 2;
const ANSWER_BYTES_MAX = 2 << 20;
const NONE = new Uint8Array(0);

/** Whether a query asks for a transaction, which no state remembers. */
export const asksForTx = ({ path }: QueryRequest): boolean => path === PATH;

/** What the asker is told: even a bug that a query meets is no reason to stop the node. */
function failure(error: unknown): Pick<QueryResult, "code" | "codespace" | "log"> {
  const text = error instanceof Error ? error.message : String(error);
  if (error instanceof ApiError && error.kind === "notFound")
    return { code: CODE_NOT_FOUND, codespace: "sdk", log: `rpc error: code = NotFound desc = ${text}` };
  if (error instanceof ApiError || error instanceof DecodeError)
    return { code: CODE_INVALID, codespace: "sdk", log: text };
  return { code: CODE_PANIC, codespace: "sdk", log: `panic: ${text}`.slice(0, 200) };
}

/** Answers such queries from the index of the node's own CometBFT. Never rejects. */
export function txLookup(rpcUrl: string): (request: QueryRequest, height: bigint) => Promise<QueryResult> {
  const limits = { ...API_LIMITS, timeoutMs: TIMEOUT_MS, answerBytesMax: ANSWER_BYTES_MAX };
  const comet = cometRpc(rpcUrl, limits);
  let working = 0;
  return async ({ data }, height) => {
    const common = { codespace: "", log: "", key: NONE, value: NONE, height };
    if (working >= AT_ONCE_MAX) {
      const { code, codespace, text } = errors.Busy;
      return { ...common, code, codespace, log: text };
    }
    working++;
    try {
      const found = await findTx(comet, Request.decode(data).hash);
      return { ...common, code: 0, value: Response.encode(found) };
    } catch (error) {
      return { ...common, ...failure(error) };
    } finally {
      working--;
    }
  };
}
