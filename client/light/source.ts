import { ClientError, toClientError } from "#client/errors.ts";
import type { Header, Validator } from "#proto/gen/tendermint/types.ts";
import type { Block } from "./block.ts";
import { commitOf, fieldsOf, headerOf, listOf, validatorOf, wholeOf } from "./json.ts";

/** Where a light client has blocks from: nothing of what it gives need be true. */
export interface BlockSource {
  /** For people: an address. */
  readonly name: string;
  /** The block of a height, or the newest; undefined for one that the node does not have yet. */
  block(height?: bigint): Promise<Block | undefined>;
  /** Headers of the heights, both included, the highest first; perhaps only some of them. */
  headers(from: bigint, to: bigint): Promise<readonly Header[]>;
}

const TIMEOUT_MS = 15_000;
/** For a block with all pages of its validators. */
const BLOCK_TIMEOUT_MS = 60_000;
const ANSWER_BYTES_MAX = 8 << 20;
const VALIDATORS_PAGE = 100;
/** What CometBFT gives of headers at once. */
export const HEADERS_PAGE = 20n;
/** More validators than this have no chain: CometBFT's own bound on votes. */
const VALIDATORS_MAX = 10_000;

async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const part of response.body ?? []) {
    text += decoder.decode(part as Uint8Array, { stream: true });
    if (text.length > ANSWER_BYTES_MAX) throw new ClientError("badAnswer", "the node's answer is too long");
  }
  return text + decoder.decode();
}

/** One call of CometBFT's RPC; its error in words is one of kind `refused`. */
async function call(
  rpc: string,
  method: string,
  params: Readonly<Record<string, string>>,
  endMs = Number.POSITIVE_INFINITY,
): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const headers = { "content-type": "application/json" };
  const signal = AbortSignal.timeout(Math.max(0, Math.min(TIMEOUT_MS, endMs - Date.now())));
  let text: string;
  try {
    text = await textOf(await fetch(rpc, { method: "POST", headers, body, signal, redirect: "error" }));
  } catch (error) {
    throw toClientError(error);
  }
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new ClientError("unreachable", `${rpc} answered something else than JSON`);
  }
  const { result, error } = fieldsOf(answer, "content");
  if (result !== undefined) return result;
  const { message, data } = fieldsOf(error, "result");
  throw new ClientError("refused", `${message}: ${data}`, { log: String(data ?? message) });
}

/** A height above the newest is not there yet; all else is an error. */
const isAhead = (error: unknown): boolean =>
  error instanceof ClientError && error.kind === "refused" && /must be less than or equal/.test(error.log);

/** CometBFT's RPC at an http or https address. */
export function rpcSource(rpc: string): BlockSource {
  if (!/^https?:\/\//.test(rpc)) throw new ClientError("badInput", `not an http address: ${rpc}`);
  const validators = async (height: bigint, endMs: number): Promise<readonly Validator[]> => {
    const found: Validator[] = [];
    for (let page = 1; ; page++) {
      const params = { height: `${height}`, page: `${page}`, per_page: `${VALIDATORS_PAGE}` };
      const answer = fieldsOf(await call(rpc, "validators", params, endMs), "validators");
      const more = listOf(answer["validators"], "validators").map(validatorOf);
      found.push(...more);
      if (BigInt(found.length) >= wholeOf(answer["total"], "total") || found.length > VALIDATORS_MAX)
        return found;
      if (more.length < VALIDATORS_PAGE)
        throw new ClientError("badAnswer", `${rpc} gives fewer validators of height ${height} than it has`);
    }
  };
  return {
    name: rpc,
    async block(height) {
      const endMs = Date.now() + BLOCK_TIMEOUT_MS;
      try {
        const params = height === undefined ? {} : { height: `${height}` };
        const answer = fieldsOf(await call(rpc, "commit", params, endMs), "commit");
        const signed = fieldsOf(answer["signed_header"], "signed_header");
        const header = headerOf(signed["header"]);
        const commit = commitOf(signed["commit"]);
        if (height !== undefined && header.height !== height)
          throw new ClientError("badAnswer", `asked for height ${height}, told of ${header.height}`);
        return { header, commit, validators: await validators(header.height, endMs) };
      } catch (error) {
        if (isAhead(error)) return undefined;
        throw error;
      }
    },
    async headers(from, to) {
      const params = { minHeight: `${from}`, maxHeight: `${to}` };
      const answer = fieldsOf(await call(rpc, "blockchain", params), "blocks");
      return listOf(answer["block_metas"], "blocks").map((meta) =>
        headerOf(fieldsOf(meta, "block")["header"]),
      );
    },
  };
}
