import { parseAppState } from "#chain/abci/app-state.ts";
import type { Block } from "#chain/app/types.ts";
import type { App } from "#chain/app.ts";
import { fromHex, toHex } from "#chain/bytes/hex.ts";
import { utf8 } from "#chain/bytes/utf8.ts";

/** A node whose blocks cannot be had, or whose chain this program computes another state of. */
class ReplayError extends Error {
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

/** Puts a new app at the genesis of a node's chain. Throws ReplayError. */
export async function startFromGenesis(app: App, rpcUrl: string): Promise<void> {
  const { genesis } = await ask<RpcGenesis>(rpcUrl, "genesis");
  app.initChain({
    chainId: genesis.chain_id,
    timeMs: timeMs(genesis.genesis_time),
    initialHeight: 1n,
    appState: parseAppState(utf8(JSON.stringify(genesis.app_state))),
  });
}

/**
 * Plays a node's blocks to an app from its height on up to another. Throws ReplayError at the first block
 * that the chain made on another app hash than this app has: then the program itself differs.
 */
export async function replayChain(app: App, rpcUrl: string, until: bigint): Promise<void> {
  for (let height = app.info().height + 1n; height <= until; height++) {
    const block = await blockOf(rpcUrl, height);
    const { appHash } = app.info();
    if (height > 1n && toHex(appHash) !== block.appHashBefore)
      throw new ReplayError(
        `after height ${height - 1n} this program has ${toHex(appHash)}, the chain ${block.appHashBefore}`,
      );
    await app.finalizeBlock(block);
    await app.commit();
  }
}
