import { storeSpaces } from "#chain/app/modules.ts";
import { App } from "#chain/app.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { blockOf, type StoredBlock, startFromGenesis } from "#chain/node/replay.ts";
import { memoryStore } from "#chain/store/memory.ts";
import type { ProofVerifier } from "#chain/verify/types.ts";
import { signatures as verifier } from "./verifier.ts";

/** The blocks from `from` to `to` as the node stores them. */
export async function blocksOf(rpcUrl: string, from: bigint, to: bigint): Promise<StoredBlock[]> {
  const blocks: StoredBlock[] = [];
  for (let height = from; height <= to; height++) blocks.push(await blockOf(rpcUrl, height));
  return blocks;
}

/** A new app over memory, at the genesis of a node. */
export async function replica(rpcUrl: string, proofs: ProofVerifier): Promise<App> {
  const app = new App({
    store: memoryStore({ spaces: storeSpaces }),
    proofs,
    signatures: verifier,
    invariants: "full",
    guarded: true,
  });
  await startFromGenesis(app, rpcUrl);
  return app;
}

/** Runs blocks on an app; throws at the first whose app hash is not the one that the chain went on with. */
export async function replay(app: App, blocks: readonly StoredBlock[]): Promise<void> {
  let hash = "";
  for (const block of blocks) {
    if (hash !== "" && hash !== block.appHashBefore)
      throw new Error(`another app hash before ${block.height}`);
    hash = toHex((await app.finalizeBlock(block)).appHash);
    await app.commit();
  }
}
