import type { InvariantCheck } from "#chain/app/types.ts";
import { App } from "#chain/app.ts";
import { genesisOf, latestOf, replayChain } from "#chain/node/replay.ts";
import { blocksOf } from "#chain/node/stored-blocks.ts";
import type { NodeStore } from "#chain/store/port.ts";
import { createMclBls } from "#chain/verify/bls.ts";
import { loadVerifier } from "#chain/verify/load-verifier.ts";
import { startVerifier } from "#chain/verify/verifier.ts";
import { note } from "#cli/output.ts";
import type { ChainData } from "./archive.ts";

/** The chain of a node up to its present height. */
export async function chainOf(rpcUrl: string): Promise<ChainData> {
  const [genesis, height] = [await genesisOf(rpcUrl), await latestOf(rpcUrl)];
  return { genesis, blocks: blocksOf(rpcUrl, genesis.initialHeight, height), height };
}

/** How far a replay went: the app hash of every height below the last was the chain's. */
export interface Replayed {
  readonly height: bigint;
  readonly appHash: Uint8Array;
}

/** How a chain is played again. */
interface ReplayOptions {
  /** Threads that verify proofs. */
  readonly threads: number;
  /** Invariants that are checked after each block. */
  readonly invariants?: InvariantCheck;
  /** Asked after each block whether another is wanted; by default all are. */
  readonly onBlock?: (app: App) => boolean;
}

/**
 * Plays a chain from its genesis into an empty store, with every signature and proof verified again. Rejects
 * with ReplayError at the first app hash that is not the chain's.
 */
export async function playAgain(
  { genesis, blocks }: Pick<ChainData, "genesis" | "blocks">,
  store: NodeStore,
  { threads, invariants, onBlock = () => true }: ReplayOptions,
): Promise<Replayed> {
  const proofs = startVerifier({ threads });
  try {
    const [signatures, bls] = [await loadVerifier(note), await createMclBls()];
    const app = new App({ store, proofs, signatures, bls, ...(invariants && { invariants }) });
    app.initChain(genesis);
    await replayChain(
      app,
      whileWanted(blocks, () => onBlock(app)),
    );
    return app.info();
  } finally {
    await proofs.close();
  }
}

/** The blocks, and after each has been used the question whether another is wanted. */
async function* whileWanted<T>(blocks: AsyncIterable<T>, isWanted: () => boolean): AsyncGenerator<T> {
  for await (const block of blocks) {
    yield block;
    if (!isWanted()) return;
  }
}
