import { copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { startComet } from "#chain/node/comet.ts";
import { configure } from "#chain/node/comet-settings.ts";
import { findCometBft } from "#chain/node/cometbft-binary.ts";
import { cometEnv, homePaths } from "#chain/node/config.ts";
import { runProgram } from "#chain/node/process.ts";
import { makeHome, startApp, type TestNode } from "#test/kit/node.ts";

/** A node without a validator's key that follows another. */
export interface Peer {
  readonly rpcUrl: string;
  remove(): Promise<void>;
}

/** Where a node's peers reach it, as CometBFT writes it. */
export async function addressOf(home: string): Promise<string> {
  const { comet, cometConfig } = homePaths(home);
  const id = await runProgram(findCometBft(), ["show-node-id", "--home", comet], cometEnv());
  const toml = await readFile(cometConfig, "utf8");
  const laddr = /^\[p2p\]$[^[]*?^laddr = "tcp:\/\/([^"]+)"$/m.exec(toml)?.[1];
  return `${id.trim()}@${laddr}`;
}

/** Whether the node has caught up and has blocks: before that it takes no transactions. */
async function follows(rpcUrl: string): Promise<boolean> {
  const response = await fetch(`${rpcUrl}/status`, { signal: AbortSignal.timeout(60_000) });
  const { result } = (await response.json()) as {
    result: { sync_info: { catching_up: boolean; latest_block_height: string } };
  };
  return !result.sync_info.catching_up && Number(result.sync_info.latest_block_height) > 1;
}

/** Starts a node of the same chain that knows the given one alone, and waits until it follows. */
export async function startPeer(node: TestNode): Promise<Peer> {
  const { home, rpcPort } = await makeHome({ members: [], others: [] }, 100);
  const paths = homePaths(home);
  await copyFile(homePaths(node.home).genesis, paths.genesis);
  const p2p = { persistent_peers: await addressOf(node.home), addr_book_strict: false };
  const toml = await readFile(paths.cometConfig, "utf8");
  await writeFile(paths.cometConfig, configure(toml, { p2p }));
  const app = await startApp(home);
  const comet = await startComet({ binary: findCometBft(), home });
  const remove = async (): Promise<void> => {
    await comet.stop();
    await app.stop(5_000);
    await rm(home, { recursive: true, force: true });
  };
  try {
    await comet.ready();
    while (!(await follows(comet.rpcUrl))) await sleep(50);
    return { rpcUrl: `http://127.0.0.1:${rpcPort}`, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
