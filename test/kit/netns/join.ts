import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { toHex } from "#chain/bytes/hex.ts";
import { findCometBft } from "#chain/node/cometbft-binary.ts";
import { homePaths, initHome } from "#chain/node/config.ts";
import { superviseNode } from "#chain/node/supervisor.ts";
import { addressOf } from "../../chain/mempool/peer.ts";
import { CHAIN_ID } from "../genesis.ts";
import type { NetNode, NetPlace } from "../net.ts";
import { startApp } from "../node.ts";
import { validator } from "../validator.ts";
import type { JoinBy } from "./plan.ts";
import { ask, heightAt } from "./rpc.ts";

/** A node that is there already. */
export interface Elder {
  readonly home: string;
  readonly rpcUrl: string;
}

/** Looking for snapshots takes seconds, and a chain that stands still must go on first. */
const FIRST_BLOCK_MS = 180_000;

/** The last block but one of the first node that answers. */
async function trustedBlock(elders: readonly Elder[]): Promise<{ height: bigint; hash: string }> {
  for (const { rpcUrl } of elders) {
    const height = (await heightAt(rpcUrl)) - 1;
    if (height < 1) continue;
    const { block_id } = await ask<{ block_id: { hash: string } }>(rpcUrl, `block?height=${height}`);
    return { height: BigInt(height), hash: block_id.hash };
  }
  throw new Error("nobody has a block to trust");
}

/** Makes the home of a node that knows the genesis and the others; it has its first block when it started. */
export async function joinNet(
  folder: string,
  { binary = findCometBft(), ...place }: NetPlace,
  elders: readonly Elder[],
  by: JoinBy,
): Promise<NetNode> {
  const home = join(folder, place.name);
  const peers = await Promise.all(elders.map((elder) => addressOf(elder.home)));
  const rpcUrls = elders.map(({ rpcUrl }) => rpcUrl);
  const joining = by === "snapshot" && { peers, rpcUrls, trusted: await trustedBlock(elders) };
  const paths = await initHome(findCometBft(), home, {
    ...{ ...place, chainId: CHAIN_ID, moniker: place.name, appState: {}, timeoutCommitMs: 500, peers },
    ...(joining && { joining }),
  });
  await copyFile(homePaths(elders[0]?.home ?? "").genesis, paths.genesis);
  const env = { ITERUM_TEST_BEACON: toHex(validator(place.name).secret) };
  const start = () =>
    superviseNode({
      ...{ home, binary, startApp: () => startApp(home, env) },
      patience: { firstBlockMs: FIRST_BLOCK_MS },
    });
  return { name: place.name, home, start };
}
