import type { SeenBlock } from "./report.ts";

/** What CometBFT gives at once. */
const BLOCKS_MAX = 20;
/** A busy machine may keep one waiting for long. */
const TIMEOUT_MS = 60_000;
/** For a node that may be cut off. */
const UNREACHABLE_MS = 5_000;

/** The result of a path of a node's RPC. Rejects while the node does not answer. */
export async function ask<T>(rpcUrl: string, path: string, timeoutMs = TIMEOUT_MS): Promise<T> {
  const response = await fetch(`${rpcUrl}/${path}`, { signal: AbortSignal.timeout(timeoutMs) });
  const { result, error } = (await response.json()) as { result?: T; error?: { data?: string } };
  if (result === undefined) throw new Error(`${path}: ${error?.data ?? "no result"}`);
  return result;
}

interface Status {
  readonly sync_info: {
    readonly latest_block_height: string;
    readonly earliest_block_height: string;
    readonly catching_up: boolean;
  };
}

/** Height of the last block; 0 while the node does not answer. */
export async function heightAt(rpcUrl: string): Promise<number> {
  try {
    const { sync_info } = await ask<Status>(rpcUrl, "status", UNREACHABLE_MS);
    return Number(sync_info.latest_block_height);
  } catch {
    return 0;
  }
}

interface Chain {
  readonly block_metas: readonly {
    readonly block_id: { readonly hash: string };
    readonly header: { readonly height: string; readonly app_hash: string };
  }[];
}

/** All blocks that a node has, from its first one to its last. */
export async function blocksAt(rpcUrl: string): Promise<readonly SeenBlock[]> {
  const { earliest_block_height, latest_block_height } = (await ask<Status>(rpcUrl, "status")).sync_info;
  const blocks: SeenBlock[] = [];
  for (let from = Number(earliest_block_height); from <= Number(latest_block_height); from += BLOCKS_MAX) {
    const until = Math.min(from + BLOCKS_MAX - 1, Number(latest_block_height));
    const { block_metas } = await ask<Chain>(rpcUrl, `blockchain?minHeight=${from}&maxHeight=${until}`);
    const page = block_metas.map(({ block_id, header }) => ({
      height: Number(header.height),
      blockHash: block_id.hash,
      appHash: header.app_hash.toLowerCase(),
    }));
    blocks.push(...page.reverse());
  }
  return blocks;
}

interface Info {
  readonly response: { readonly last_block_height: string; readonly last_block_app_hash: string };
}

/** What a node's own app says that it holds. */
export async function ownState(rpcUrl: string): Promise<{ height: number; appHash: string }> {
  const { response } = await ask<Info>(rpcUrl, "abci_info");
  const appHash = Buffer.from(response.last_block_app_hash, "base64").toString("hex");
  return { height: Number(response.last_block_height), appHash };
}
