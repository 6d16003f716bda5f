import { parseAppState } from "#chain/abci/app-state.ts";
import type { Block, Genesis } from "#chain/app/types.ts";
import type { App } from "#chain/app.ts";
import { fromHex, toHex } from "#chain/bytes/hex.ts";
import { utf8 } from "#chain/bytes/utf8.ts";

/** A node whose blocks cannot be had, or whose chain this program computes another state of. */
export class ReplayError extends Error {
  override readonly name = "ReplayError";
}

interface RpcHeader {
  readonly height: string;
  readonly time: string;
  readonly app_hash: string;
  readonly proposer_address: string;
}

interface RpcBlock {
  readonly block: { readonly header: RpcHeader; readonly data: { readonly txs: readonly string[] | null } };
}

interface RpcGenesis {
  readonly genesis: { readonly chain_id: string; readonly genesis_time: string; readonly app_state: unknown };
}

const TIMEOUT_MS = 30_000;

async function ask<T>(rpcUrl: string, path: string): Promise<T> {
  try {
    const response = await fetch(`${rpcUrl}/${path}`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const { result, error } = (await response.json()) as { result?: T; error?: { data?: string } };
    if (result === undefined) throw new ReplayError(error?.data ?? "no result");
    return result;
  } catch (cause) {
    throw new ReplayError(`cannot get ${path} from ${rpcUrl}`, { cause });
  }
}

/** Milliseconds of an RFC 3339 time, rounded down as the app does. */
const timeMs = (time: string): bigint => BigInt(Date.parse(time.replace(/\.(\d{0,3})\d*Z$/, ".$1Z")));

/** A block of a node with the app hash that its state had before it, in hexadecimal. */
export interface StoredBlock extends Block {
  readonly appHashBefore: string;
}

/** The block of a height as a node stores it. Throws ReplayError. */
export async function blockOf(rpcUrl: string, height: bigint): Promise<StoredBlock> {
  const { block } = await ask<RpcBlock>(rpcUrl, `block?height=${height}`);
  const { header, data } = block;
  return {
    height,
    timeMs: timeMs(header.time),
    proposer: fromHex(header.proposer_address.toLowerCase()),
    txs: (data.txs ?? []).map((tx) => new Uint8Array(Buffer.from(tx, "base64"))),
    appHashBefore: header.app_hash.toLowerCase(),
  };
}

/** The genesis of a node's chain. Throws ReplayError. */
export async function genesisOf(rpcUrl: string): Promise<Genesis> {
  const { genesis } = await ask<RpcGenesis>(rpcUrl, "genesis");
  return {
    chainId: genesis.chain_id,
    timeMs: timeMs(genesis.genesis_time),
    initialHeight: 1n,
    appState: parseAppState(utf8(JSON.stringify(genesis.app_state))),
  };
}

/** Puts a new app at the genesis of a node's chain. Throws ReplayError. */
export async function startFromGenesis(app: App, rpcUrl: string): Promise<void> {
  app.initChain(await genesisOf(rpcUrl));
}

/** The last height of a node's chain. Throws ReplayError. */
export async function latestOf(rpcUrl: string): Promise<bigint> {
  const { sync_info } = await ask<{ sync_info: { latest_block_height: string } }>(rpcUrl, "status");
  return BigInt(sync_info.latest_block_height);
}

/** A node's blocks from one height to another. Throws ReplayError. */
export async function* blocksOf(rpcUrl: string, from: bigint, until: bigint): AsyncGenerator<StoredBlock> {
  for (let height = from; height <= until; height++) yield await blockOf(rpcUrl, height);
}

/** Throws ReplayError unless the chain made the block on the app hash that the app has. */
function ensureSameHash(app: App, { height, appHashBefore }: StoredBlock): void {
  const appHash = toHex(app.info().appHash);
  if (height > 1n && appHash !== appHashBefore)
    throw new ReplayError(
      `after height ${height - 1n} this program has ${appHash}, the chain ${appHashBefore}`,
    );
}

/**
 * Plays blocks to an app that has the one before the first. Throws ReplayError at the first block that the
 * chain made on another app hash than this app has: then the program itself differs.
 */
export async function replayChain(app: App, blocks: AsyncIterable<StoredBlock>): Promise<void> {
  for await (const block of blocks) {
    ensureSameHash(app, block);
    await app.finalizeBlock(block);
    await app.commit();
  }
}
