import { parseAppState } from "#chain/abci/app-state.ts";
import { storeSpaces } from "#chain/app/modules.ts";
import type { Block } from "#chain/app/types.ts";
import { App } from "#chain/app.ts";
import { fromHex, toHex } from "#chain/bytes/hex.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { memoryStore } from "#chain/store/memory.ts";
import type { ProofVerifier } from "#chain/verify/types.ts";
import { signatures as verifier } from "./verifier.ts";

/** A block of a node with the app hash that its state had before it. */
export interface StoredBlock extends Block {
  readonly appHashBefore: string;
}

interface RpcBlock {
  readonly block: {
    readonly header: {
      readonly height: string;
      readonly time: string;
      readonly app_hash: string;
      readonly proposer_address: string;
    };
    readonly data: { readonly txs: readonly string[] | null };
  };
}

async function ask<T>(url: string): Promise<T> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  const { result } = (await response.json()) as { result: T };
  return result;
}

/** Milliseconds of an RFC 3339 time, rounded down as the app does. */
const timeMs = (time: string): bigint => BigInt(Date.parse(time.replace(/\.(\d{0,3})\d*Z$/, ".$1Z")));

/** The blocks from `from` to `to` as the node stores them. */
export async function blocksOf(rpcUrl: string, from: bigint, to: bigint): Promise<StoredBlock[]> {
  const blocks: StoredBlock[] = [];
  for (let height = from; height <= to; height++) {
    const { block } = await ask<RpcBlock>(`${rpcUrl}/block?height=${height}`);
    const { header, data } = block;
    blocks.push({
      height,
      timeMs: timeMs(header.time),
      proposer: fromHex(header.proposer_address.toLowerCase()),
      txs: (data.txs ?? []).map((tx) => new Uint8Array(Buffer.from(tx, "base64"))),
      appHashBefore: header.app_hash.toLowerCase(),
    });
  }
  return blocks;
}

interface RpcGenesis {
  readonly genesis: { readonly chain_id: string; readonly genesis_time: string; readonly app_state: unknown };
}

/** A new app over memory, at the genesis of a node. */
export async function replica(rpcUrl: string, proofs: ProofVerifier): Promise<App> {
  const { genesis } = await ask<RpcGenesis>(`${rpcUrl}/genesis`);
  const app = new App({
    store: memoryStore({ spaces: storeSpaces }),
    proofs,
    signatures: verifier,
    invariants: "full",
    guarded: true,
  });
  app.initChain({
    chainId: genesis.chain_id,
    timeMs: timeMs(genesis.genesis_time),
    initialHeight: 1n,
    appState: parseAppState(utf8(JSON.stringify(genesis.app_state))),
  });
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
