import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { fromHex, toHex } from "#chain/bytes/hex.ts";
import { type AppChild, startAppChild } from "#chain/node/app-child.ts";
import { type Comet, startComet } from "#chain/node/comet.ts";
import { findCometBft } from "#chain/node/cometbft-binary.ts";
import { homePaths, initHome, type NodeSettings } from "#chain/node/config.ts";
import { freePort } from "#chain/node/process.ts";
import { CHAIN_ID, type GenesisChoice, genesis } from "./genesis.ts";
import { validator } from "./validator.ts";

/** A real node: CometBFT and our app, each a process of its own, over a home in a temporary folder. */
export interface TestNode {
  readonly home: string;
  readonly rpcUrl: string;
  /** Process ids, for those who want to kill. */
  pids(): { readonly app: number; readonly comet: number };
  start(): Promise<void>;
  /**
   * Kills one of both at once, as a crash does, and waits until both are gone: CometBFT ends without its app.
   */
  crash(which: "app" | "comet"): Promise<void>;
  stop(): Promise<void>;
  /** Stops and removes the home. */
  remove(): Promise<void>;
  height(): Promise<bigint>;
  until(height: bigint, timeoutMs?: number): Promise<void>;
}

const VALIDATOR = "node";

/** A genesis, also one that depends on the consensus key of the node's validator. */
type NodeChoice =
  | GenesisChoice
  | ((validator: { readonly name: string; readonly publicKey: Uint8Array }) => GenesisChoice);

/** Makes the home of a chain with one validator. `timeoutCommitMs` sets the pace of its blocks. */
export async function makeHome(
  choice: NodeChoice,
  timeoutCommitMs: number,
  mempool: NodeSettings["mempool"] = "app",
  folder: string = tmpdir(),
): Promise<{ home: string; rpcPort: number }> {
  const home = await mkdtemp(join(folder, "iterum-node-"));
  try {
    return { home, rpcPort: await fillHome(home, choice, timeoutCommitMs, mempool) };
  } catch (error) {
    await rm(home, { recursive: true, force: true });
    throw error;
  }
}

/** Writes the files of a home; gives the port of its RPC. */
async function fillHome(
  home: string,
  choice: NodeChoice,
  timeoutCommitMs: number,
  mempool: NonNullable<NodeSettings["mempool"]>,
): Promise<number> {
  const rpcPort = await freePort();
  const p2pPort = await freePort();
  const settings = { moniker: "test", rpcPort, p2pPort, timeoutCommitMs, appState: {}, mempool };
  const paths = await initHome(findCometBft(), home, { ...settings, chainId: CHAIN_ID });
  const keyFile = join(paths.comet, "config/priv_validator_key.json");
  type KeyFile = { readonly address: string; readonly pub_key: { readonly value: string } };
  const { address, pub_key } = JSON.parse(await readFile(keyFile, "utf8")) as KeyFile;
  const publicKey = Uint8Array.from(Buffer.from(pub_key.value, "base64"));
  const chosen = typeof choice === "function" ? choice({ name: VALIDATOR, publicKey }) : choice;
  const key = { ...validator(VALIDATOR).key, validator: fromHex(address.toLowerCase()) };
  const file = JSON.parse(await readFile(paths.genesis, "utf8")) as Record<string, unknown>;
  const own = {
    chain_id: chosen.chainId ?? CHAIN_ID,
    initial_height: `${chosen.initialHeight ?? 1n}`,
    app_state: genesis({ ...chosen, beaconKeys: [key] }),
  };
  await writeFile(paths.genesis, JSON.stringify({ ...file, ...own }));
  return rpcPort;
}

/** The program of the app alone. */
export const APP = new URL("./app-process.ts", import.meta.url);

/** Starts the app of a home in a process of its own, or another program in its place; `flags` are Node's. */
export function startApp(
  home: string,
  env: NodeJS.ProcessEnv = {},
  program = APP,
  flags: readonly string[] = [],
): Promise<AppChild> {
  const { appLog, appPid } = homePaths(home);
  return startAppChild({
    args: [...flags, fileURLToPath(program)],
    env: {
      HOME: home,
      // A process that is started many times starts in half the time.
      NODE_COMPILE_CACHE: join(home, "compile-cache"),
      ITERUM_TEST_HOME: home,
      ITERUM_TEST_BEACON: toHex(validator(VALIDATOR).secret),
      ...env,
    },
    logFile: appLog,
    pidFile: appPid,
  });
}

async function heightAt(rpcUrl: string): Promise<bigint> {
  // A busy machine may keep it waiting for long.
  const response = await fetch(`${rpcUrl}/status`, { signal: AbortSignal.timeout(60_000) });
  const { result } = (await response.json()) as { result: { sync_info: { latest_block_height: string } } };
  return BigInt(result.sync_info.latest_block_height);
}

/** A node with one small game, started and at its first block. `appEnv` is added to the app's environment. */
export async function startNode(
  choice: NodeChoice,
  timeoutCommitMs = 200,
  appEnv: NodeJS.ProcessEnv = {},
  mempool: NodeSettings["mempool"] = "app",
): Promise<TestNode> {
  const { home, rpcPort } = await makeHome(choice, timeoutCommitMs, mempool);
  const rpcUrl = `http://127.0.0.1:${rpcPort}`;
  let app: AppChild | undefined;
  let comet: Comet | undefined;

  const node: TestNode = {
    home,
    rpcUrl,
    pids: () => ({ app: app?.pid ?? 0, comet: comet?.pid ?? 0 }),
    start: async () => {
      app = await startApp(home, appEnv);
      comet = await startComet({ binary: findCometBft(), home });
      await comet.ready();
    },
    crash: async (which) => {
      const { app: appPid, comet: cometPid } = node.pids();
      process.kill(which === "app" ? appPid : cometPid, "SIGKILL");
      // The app outlives CometBFT and would wait for it: a supervisor restarts both.
      if (which === "comet") process.kill(appPid, "SIGKILL");
      await app?.exited;
      // CometBFT ends without its app, or hangs while it stops.
      await Promise.race([comet?.exited, sleep(3_000)]);
      await comet?.stop(0);
    },
    stop: async () => {
      await comet?.stop();
      await app?.stop(5_000);
      [app, comet] = [undefined, undefined];
    },
    remove: async () => {
      await node.stop();
      await rm(home, { recursive: true, force: true });
    },
    height: () => heightAt(rpcUrl),
    until: async (height, timeoutMs = 120_000) => {
      const endsMs = performance.now() + timeoutMs;
      while ((await node.height()) < height) {
        if (performance.now() > endsMs) throw new Error(`height ${height} was not reached in time`);
        await sleep(50);
      }
    },
  };
  try {
    await node.start();
    await node.until(1n);
  } catch (error) {
    await node.remove();
    throw error;
  }
  return node;
}
