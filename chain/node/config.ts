import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { APP_VERSION } from "#chain/app/modules.ts";
import { BLOCK_BYTES_MAX, BLOCK_GAS_MAX } from "#chain/limits.ts";
import type { Json } from "#chain/proto/json.ts";
import { type CometSettings, cometToml, configure } from "./comet-settings.ts";
import { runProgram } from "./process.ts";

/** Where a node keeps its things. */
export interface HomePaths {
  /** Home of CometBFT: its configuration, keys and blocks. */
  readonly comet: string;
  readonly cometConfig: string;
  readonly genesis: string;
  readonly cometLog: string;
  /** Which processes were started last. */
  readonly cometPid: string;
  readonly appPid: string;
  readonly appLog: string;
  /** Which process keeps this node going. */
  readonly nodePid: string;
  /** State of the application. */
  readonly state: string;
  /** Unix socket between both. */
  readonly socket: string;
}

/** The layout of a node's home folder. */
export function homePaths(home: string): HomePaths {
  const comet = join(home, "cometbft");
  return {
    comet,
    cometConfig: join(comet, "config/config.toml"),
    genesis: join(comet, "config/genesis.json"),
    cometLog: join(home, "cometbft.log"),
    cometPid: join(home, "cometbft.pid"),
    appPid: join(home, "app.pid"),
    appLog: join(home, "app.log"),
    nodePid: join(home, "node.pid"),
    state: join(home, "state"),
    socket: join(home, "abci.sock"),
  };
}

/** What differs between nodes. */
export interface NodeSettings extends Omit<CometSettings, "rpcListen" | "p2pListen"> {
  readonly chainId: string;
  readonly rpcPort: number;
  readonly p2pPort: number;
  /** Interface of both ports; the loopback one unless told. */
  readonly host?: string;
  /** Content of the genesis file's `app_state`. */
  readonly appState: Json;
  /** In RFC 3339; the moment of the call when absent. */
  readonly genesisTime?: string;
}

/**
 * Makes a node's home: keys and files of CometBFT's own `init`, then the settings that the chain needs. The
 * genesis has this node as its one validator. Fails on a home that has a genesis already.
 */
export async function initHome(binary: string, home: string, settings: NodeSettings): Promise<HomePaths> {
  const paths = homePaths(home);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  mkdirSync(paths.comet, { mode: 0o700 });
  await runProgram(binary, ["init", "--home", paths.comet], cometEnv());
  for (const key of ["config/priv_validator_key.json", "config/node_key.json"])
    chmodSync(join(paths.comet, key), 0o600);
  const config = readFileSync(paths.cometConfig, "utf8");
  writeFileSync(paths.cometConfig, configure(config, cometToml(paths, listening(settings))));
  const genesis = JSON.parse(readFileSync(paths.genesis, "utf8")) as Genesis;
  writeFileSync(paths.genesis, `${JSON.stringify(withParameters(genesis, settings), null, 2)}\n`);
  return paths;
}

function listening({ host = "127.0.0.1", rpcPort, p2pPort, ...settings }: NodeSettings): CometSettings {
  return { ...settings, rpcListen: `${host}:${rpcPort}`, p2pListen: `${host}:${p2pPort}` };
}

/** Surroundings of CometBFT: nothing of the caller's, since variables such as CMT_… change its settings. */
export const cometEnv = (): NodeJS.ProcessEnv => ({ PATH: process.env["PATH"] ?? "", HOME: "/nonexistent" });

interface Genesis {
  readonly consensus_params: { readonly block: object; readonly version: object };
}

function withParameters(genesis: Genesis, { chainId, appState, genesisTime }: NodeSettings): object {
  const block = { max_bytes: `${BLOCK_BYTES_MAX}`, max_gas: `${BLOCK_GAS_MAX}` };
  return {
    ...genesis,
    ...(genesisTime === undefined ? {} : { genesis_time: genesisTime }),
    chain_id: chainId,
    initial_height: "1",
    consensus_params: { ...genesis.consensus_params, block, version: { app: `${APP_VERSION}` } },
    app_state: appState,
  };
}
