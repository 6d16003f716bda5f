import { setTimeout as sleep } from "node:timers/promises";
import { readJson } from "#chain/api/read-json.ts";
import { type AppChild, AppNotStarted, describeExit } from "./app-child.ts";
import type { Comet } from "./comet.ts";

const POLL_MS = 50;

/**
 * Waits until the node has a block: before, clients cannot read its status. One that catches up with others,
 * or fetches a snapshot of theirs, may take as long as they need. Rejects at once when `signal` aborts.
 */
export async function firstBlock(
  comet: Comet,
  app: AppChild,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<void> {
  const stopped = Promise.withResolvers<never>();
  const onStop = (): void => stopped.reject(new Error("the node was stopped before its first block"));
  signal.addEventListener("abort", onStop, { once: true });
  if (signal.aborted) onStop();
  const gone = Promise.race([
    app.exited.then((end) => Promise.reject(new AppNotStarted(`the app ${describeExit(end)}`, end))),
    comet.failed.then(({ reason }) => Promise.reject(new Error(reason))),
    stopped.promise,
  ]);
  gone.catch(() => undefined);
  try {
    await Promise.race([comet.ready(), gone]);
    let endsMs = performance.now() + timeoutMs;
    for (;;) {
      const status = await Promise.race([statusOf(comet.rpcUrl).catch(() => undefined), gone]);
      if ((status?.height ?? 0n) > 0n) return;
      if (status?.isCatchingUp) endsMs = performance.now() + timeoutMs;
      if (performance.now() > endsMs) throw new Error("the node made no first block in time");
      await Promise.race([sleep(POLL_MS), gone]);
    }
  } finally {
    signal.removeEventListener("abort", onStop);
  }
}

/** What a node's RPC says of itself; the names are CometBFT's. */
interface Status {
  readonly node_info: { readonly id: string; readonly network: string; readonly listen_addr: string };
  readonly sync_info: {
    readonly latest_block_height: string;
    readonly latest_block_time: string;
    readonly latest_app_hash: string;
    readonly earliest_block_height: string;
    readonly catching_up: boolean;
  };
  readonly validator_info: { readonly address: string; readonly voting_power: string };
}

/** How a node is. */
export interface NodeStatus {
  readonly chainId: string;
  /** Its id among peers, 40 hexadecimal digits. */
  readonly nodeId: string;
  /** Where it listens for peers by its own account. */
  readonly p2pListen: string;
  readonly height: bigint;
  readonly earliestHeight: bigint;
  /** When its last block was made, in milliseconds since 1970. */
  readonly blockMs: number;
  /** Hash of the state before its last block, hexadecimal. */
  readonly appHash: string;
  readonly isCatchingUp: boolean;
  /** Consensus address, hexadecimal, and voting power; 0 for a node that is no validator. */
  readonly validator: { readonly address: string; readonly power: bigint };
}

/** How long a node may take to answer. */
const ANSWER_MS = 2_000;
/** The longest that CometBFT gives is a piece of a genesis: 16 MiB, in base64. */
const ANSWER_BYTES_MAX = 32 << 20;

function allowAnswer(_: number, bytes: number): void {
  if (bytes > ANSWER_BYTES_MAX) throw new Error(`an answer of more than ${ANSWER_BYTES_MAX} bytes`);
}

/** The result of a call of a node's RPC. Rejects when it does not answer, or with an error. */
export async function rpcResult<T>(rpcUrl: string, path: string, timeoutMs = ANSWER_MS): Promise<T> {
  const response = await fetch(`${rpcUrl}/${path}`, { signal: AbortSignal.timeout(timeoutMs) });
  const { result, error } = (await readJson(response, allowAnswer)) as {
    result?: T;
    error?: { readonly message?: string; readonly data?: string };
  };
  if (result === undefined) throw new Error(error?.data || error?.message || `${path} was not answered`);
  return result;
}

/** How the node behind an RPC is. Rejects when it does not answer. */
export async function statusOf(rpcUrl: string, timeoutMs = ANSWER_MS): Promise<NodeStatus> {
  const { node_info, sync_info, validator_info } = await rpcResult<Status>(rpcUrl, "status", timeoutMs);
  return {
    ...{ chainId: node_info.network, nodeId: node_info.id, p2pListen: node_info.listen_addr },
    height: BigInt(sync_info.latest_block_height),
    earliestHeight: BigInt(sync_info.earliest_block_height),
    blockMs: Date.parse(sync_info.latest_block_time),
    appHash: sync_info.latest_app_hash.toLowerCase(),
    isCatchingUp: sync_info.catching_up,
    validator: { address: validator_info.address, power: BigInt(validator_info.voting_power) },
  };
}

/** How many peers a node is connected to. Rejects when it does not answer. */
export async function peersOf(rpcUrl: string, timeoutMs = ANSWER_MS): Promise<number> {
  return Number((await rpcResult<{ readonly n_peers: string }>(rpcUrl, "net_info", timeoutMs)).n_peers);
}

/** Height of the last block; undefined while the node does not answer. */
export const latestHeight = (rpcUrl: string): Promise<bigint | undefined> =>
  statusOf(rpcUrl).then(
    ({ height }) => height,
    () => undefined,
  );
