import { sha256 } from "#chain/bytes/hash.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { DecodeError } from "#chain/proto/error.ts";
import type { TxResponse } from "#proto/gen/cosmos/base/abci.ts";
import type { BroadcastTxRequest, GetTxsEventRequest, GetTxsEventResponse } from "#proto/gen/cosmos/tx.ts";
import {
  BroadcastMode,
  type GetTxResponse,
  OrderBy,
  Service,
  SimulateResponse,
  Tx,
} from "#proto/gen/cosmos/tx.ts";
import type { Event } from "#proto/gen/tendermint/abci.ts";
import { CometError, type CometRpc, refused } from "./comet.ts";
import { ApiError } from "./errors.ts";
import { type NodeCall, nodeCall } from "./node-service.ts";
import { ensureBounded } from "./tx-query.ts";

const PAGE_MAX = 100n;
/** CometBFT loads whatever matches before it gives a page of it. */
const SEARCHES_MAX = 3;
const HASH = /^(?:0x)?([0-9a-fA-F]{64})$/;

interface RpcTxResult {
  readonly code?: number;
  readonly codespace?: string;
  readonly data?: string | null;
  readonly log?: string;
  readonly info?: string;
  readonly gas_wanted?: string;
  readonly gas_used?: string;
  readonly events?: readonly RpcEvent[] | null;
}

interface RpcEvent {
  readonly type: string;
  readonly attributes?: readonly {
    readonly key: string;
    readonly value?: string;
    readonly index?: boolean;
  }[];
}

interface RpcTx {
  readonly hash: string;
  readonly height: string;
  readonly tx_result: RpcTxResult;
  readonly tx: string;
}

const eventOf = ({ type, attributes = [] }: RpcEvent): Event => ({
  type,
  attributes: attributes.map(({ key, value = "", index = false }) => ({ key, value, index })),
});

const bytesOf = (base64: string | null | undefined): Uint8Array =>
  Uint8Array.from(Buffer.from(base64 ?? "", "base64"));

const upperHex = (bytes: Uint8Array): string => toHex(bytes).toUpperCase();

/** The transaction, or undefined for what a block's proposer put in, which is none. */
function txOf(bytes: Uint8Array): Tx | undefined {
  try {
    return Tx.decode(bytes);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function responseOf({ hash, height, tx_result: result, tx }: RpcTx, timestamp: string): TxResponse {
  const bytes = bytesOf(tx);
  return {
    height: BigInt(height),
    txhash: hash,
    codespace: result.codespace ?? "",
    code: result.code ?? 0,
    data: upperHex(bytesOf(result.data)),
    rawLog: result.log ?? "",
    logs: [],
    info: result.info ?? "",
    gasWanted: BigInt(result.gas_wanted ?? "0"),
    gasUsed: BigInt(result.gas_used ?? "0"),
    tx: txOf(bytes) && { typeUrl: Tx.typeUrl, value: bytes },
    timestamp,
    events: (result.events ?? []).map(eventOf),
  };
}

/** Time of a block as the responses carry it: RFC 3339, to the second; none where the block is pruned. */
async function timeOf(comet: CometRpc, height: string): Promise<string> {
  type Found = { header: { time: string } | null };
  const { header } = await comet.call<Found>("header", { height }).catch(refused);
  return header?.time.replace(/\.[0-9]+Z$/, "Z") ?? "";
}

/** A transaction of the chain with its result, by its hash in hexadecimal; throws ApiError. */
export async function findTx(comet: CometRpc, text: string): Promise<GetTxResponse> {
  const [, hex] = HASH.exec(text) ?? [];
  if (hex === undefined) throw new ApiError("invalidArgument", "a hash has 64 hexadecimal digits");
  const hash = Buffer.from(hex, "hex").toString("base64");
  const found = await comet.call<RpcTx>("tx", { hash, prove: false }).catch((error: unknown) => {
    if (error instanceof CometError && /not found/.test(error.message))
      throw new ApiError("notFound", `tx not found: ${hex.toUpperCase()}`);
    return refused(error);
  });
  const txResponse = responseOf(found, await timeOf(comet, found.height));
  return { tx: txOf(bytesOf(found.tx)), txResponse };
}

/** What CometBFT refuses before the app sees it, as Cosmos SDK numbers it. */
const mempoolCodes: readonly (readonly [RegExp, number])[] = [
  [/already (?:exists|seen|in)/i, 19],
  [/mempool is full/i, 20],
  [/tx too large/i, 21],
];

async function broadcast(comet: CometRpc, { txBytes, mode }: BroadcastTxRequest): Promise<TxResponse> {
  const methods = new Map<number, string>([
    [BroadcastMode.BROADCAST_MODE_SYNC, "broadcast_tx_sync"],
    [BroadcastMode.BROADCAST_MODE_ASYNC, "broadcast_tx_async"],
  ]);
  const method = methods.get(mode);
  if (method === undefined)
    throw new ApiError("invalidArgument", "mode is BROADCAST_MODE_SYNC or BROADCAST_MODE_ASYNC");
  if (txBytes.length === 0) throw new ApiError("invalidArgument", "tx_bytes is empty");
  const tx = Buffer.from(txBytes).toString("base64");
  const result = await comet.call<RpcTxResult>(method, { tx }).catch((error: unknown): RpcTxResult => {
    const text = error instanceof CometError ? error.message : "";
    const [, code] = mempoolCodes.find(([pattern]) => pattern.test(text)) ?? [];
    return code === undefined ? refused(error) : { code, codespace: "sdk", log: text.slice(0, 500) };
  });
  const zero = { height: 0n, logs: [], info: "", gasWanted: 0n, gasUsed: 0n, tx: undefined, events: [] };
  return {
    ...zero,
    txhash: upperHex(sha256(txBytes)),
    codespace: result.codespace ?? "",
    code: result.code ?? 0,
    data: upperHex(bytesOf(result.data)),
    rawLog: result.log ?? "",
    timestamp: "",
  };
}

/** Number and length of the page that is asked for, in any of the three ways that Cosmos SDK has had. */
function pageOf({ pagination, page, limit }: GetTxsEventRequest): { page: bigint; limit: bigint } {
  const asked = limit || pagination?.limit || PAGE_MAX;
  const most = asked < PAGE_MAX ? asked : PAGE_MAX;
  return { page: page || (pagination?.offset ?? 0n) / most + 1n, limit: most };
}

async function search(comet: CometRpc, request: GetTxsEventRequest): Promise<GetTxsEventResponse> {
  const query = request.query || request.events.join(" AND ");
  if (query === "") throw new ApiError("invalidArgument", "query names no event");
  ensureBounded(query);
  const { page, limit } = pageOf(request);
  const order = request.orderBy === OrderBy.ORDER_BY_DESC ? "desc" : "asc";
  const params = { query, prove: false, page: `${page}`, per_page: `${limit}`, order_by: order };
  type Found = { txs: readonly RpcTx[]; total_count: string };
  const { txs, total_count } = await comet.call<Found>("tx_search", params).catch(refused);
  const heights = [...new Set(txs.map(({ height }) => height))];
  const times = new Map<string, string>();
  for (const height of heights) times.set(height, await timeOf(comet, height));
  const total = BigInt(total_count);
  return {
    txs: txs.flatMap(({ tx }) => txOf(bytesOf(tx)) ?? []),
    txResponses: txs.map((tx) => responseOf(tx, times.get(tx.height) ?? "")),
    pagination: { nextKey: new Uint8Array(0), total },
    total,
  };
}

/** The service of transactions, but for what the state answers. */
export const txCalls: readonly NodeCall[] = [
  nodeCall(Service.simulate, async (comet, { tx, txBytes }) => {
    const bytes = txBytes.length === 0 && tx ? Tx.encode(tx) : txBytes;
    const data = Service.simulate.request.encode({ tx: undefined, txBytes: bytes });
    const { value } = await comet.query(Service.simulate.path, data, 0n).catch((error: unknown) => {
      // As Cosmos SDK has it: whatever a transaction itself fails with is an unknown error.
      const isTxs = error instanceof ApiError && /invalidArgument|notFound/.test(error.kind);
      throw isTxs ? new ApiError("unknown", error.message) : error;
    });
    return SimulateResponse.decode(value);
  }),
  nodeCall(Service.getTx, (comet, { hash }) => findTx(comet, hash)),
  nodeCall(Service.broadcastTx, async (comet, asked) => ({ txResponse: await broadcast(comet, asked) })),
  nodeCall(Service.getTxsEvent, search, SEARCHES_MAX),
];
