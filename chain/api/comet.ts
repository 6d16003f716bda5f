import { toHex } from "#chain/bytes/hex.ts";
import { ApiError, errorOfApp } from "./errors.ts";
import type { ApiLimits } from "./limits.ts";
import { readJson } from "./read-json.ts";

/** The state's answer to a query, and the height of which it is. */
export interface StateAnswer {
  readonly value: Uint8Array;
  readonly height: bigint;
}

/** The RPC of a CometBFT node. */
export interface CometRpc {
  /** The result of a call, as JSON; throws CometError on a refusal and ApiError where nobody answers. */
  call<T>(method: string, params?: Readonly<Record<string, unknown>>): Promise<T>;
  /** What the app answers at that height, 0 for the latest; throws ApiError. */
  query(path: string, data: Uint8Array, height: bigint): Promise<StateAnswer>;
}

const TOO_LONG = "the node's answer is too long: ask for a smaller page";

/** CometBFT refused a call; the message is its own word. */
export class CometError extends Error {
  override readonly name = "CometError";
}

interface RpcAnswer {
  readonly result?: unknown;
  readonly error?: { readonly message?: string; readonly data?: string };
}

interface QueryResult {
  readonly response: {
    readonly code?: number;
    readonly codespace?: string;
    readonly log?: string;
    readonly value?: string | null;
    readonly height?: string;
  };
}

/** Reads answers as JSON, each bounded and all that are being read together; throws ApiError beyond. */
function boundedReader({
  answerBytesMax,
  answersBytesMax,
}: ApiLimits): (response: Response) => Promise<unknown> {
  let bytesOfAll = 0;
  return async (response) => {
    let held = 0;
    try {
      return await readJson(response, (pieceBytes, bytes) => {
        held = bytes;
        bytesOfAll += pieceBytes;
        if (bytes > answerBytesMax) throw new ApiError("resourceExhausted", TOO_LONG);
        if (bytesOfAll > answersBytesMax) throw new ApiError("unavailable", "too many long answers at once");
      });
    } finally {
      bytesOfAll -= held;
    }
  };
}

/** Speaks to the RPC at a URL. */
export function cometRpc(url: string, limits: ApiLimits): CometRpc {
  const read = boundedReader(limits);
  const call = async <T>(method: string, params: Readonly<Record<string, unknown>> = {}): Promise<T> => {
    let answer: RpcAnswer;
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
        signal: AbortSignal.timeout(limits.timeoutMs),
      });
      answer = (await read(response)) as RpcAnswer;
    } catch (error) {
      if (error instanceof ApiError) throw error;
      if (error instanceof Error && error.name === "TimeoutError")
        throw new ApiError("deadlineExceeded", "the node does not answer in time");
      throw new ApiError("unavailable", "the node does not answer");
    }
    if (answer.error) throw new CometError(`${answer.error.message ?? ""}: ${answer.error.data ?? ""}`);
    return answer.result as T;
  };
  return {
    call,
    async query(path, data, height) {
      const params = { path, data: toHex(data), height: String(height), prove: false };
      const { response } = await call<QueryResult>("abci_query", params).catch(refused);
      const { code = 0, codespace = "", log = "", value } = response;
      if (code !== 0) throw errorOfApp(codespace, code, log);
      return { value: Buffer.from(value ?? "", "base64"), height: BigInt(response.height ?? "0") };
    },
  };
}

/** Throws what a refusal of CometBFT is where nothing more is known of it. */
export function refused(error: unknown): never {
  if (!(error instanceof CometError)) throw error;
  const isMissing = /not found|could not find/i.test(error.message);
  throw new ApiError(isMissing ? "notFound" : "invalidArgument", error.message.slice(0, 500));
}
