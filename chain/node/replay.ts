import { parseAppState } from "#chain/abci/app-state.ts";
import type { Genesis } from "#chain/app/types.ts";
import type { App } from "#chain/app.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { ask, ReplayError, type StoredBlock, timeMs } from "./stored-blocks.ts";

interface RpcGenesis {
  readonly genesis: {
    readonly chain_id: string;
    readonly genesis_time: string;
    /** Above 1 on a chain that goes on from an export. */
    readonly initial_height: string;
    readonly app_state: unknown;
  };
}

/** The genesis of a node's chain. Throws ReplayError. */
export async function genesisOf(rpcUrl: string): Promise<Genesis> {
  const { genesis } = await ask<RpcGenesis>(rpcUrl, "genesis");
  return {
    chainId: genesis.chain_id,
    timeMs: timeMs(genesis.genesis_time),
    initialHeight: BigInt(genesis.initial_height),
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

/** Throws ReplayError unless the chain made the block on the app hash that the app has. */
function ensureSameHash(app: App, { height, appHashBefore }: StoredBlock): void {
  const { height: last, appHash: ours } = app.info();
  const appHash = toHex(ours);
  // Before its first block an app has the state of genesis and no hash of it that is durable.
  if (last > 0n && appHash !== appHashBefore)
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
