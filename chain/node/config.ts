import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { APP_VERSION } from "#chain/abci/handlers.ts";
import { BLOCK_BYTES_MAX, BLOCK_GAS_MAX, TX_BYTES_MAX } from "#chain/limits.ts";
import { MEMPOOL_LIMITS } from "#chain/mempool/limits.ts";
import type { Json } from "#chain/proto/json.ts";
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

/** How a node joins a chain that runs: by a snapshot of its peers, which a light client checks. */
export interface Joining {
  /** Nodes to stay connected to, as `id@host:port`. */
  readonly peers: readonly string[];
  /** RPC of two nodes at least; one may be named twice. */
  readonly rpcUrls: readonly string[];
  /** A block that is known to be the chain's, at most a week old. */
  readonly trusted: {
    readonly height: bigint;
    /** Of its header, in hexadecimal. */
    readonly hash: string;
  };
}

/** What differs between nodes. */
export interface NodeSettings {
  readonly chainId: string;
  readonly moniker: string;
  /** Ports of the loopback interface. */
  readonly rpcPort: number;
  readonly p2pPort: number;
  /** Pause after each block: what sets the pace of the chain. */
  readonly timeoutCommitMs: number;
  /** Content of the genesis file's `app_state`. */
  readonly appState: Json;
  /** In RFC 3339; the moment of the call when absent. */
  readonly genesisTime?: string;
  /** Address of the application where it is not the home's socket. */
  readonly proxyApp?: string;
  /** Where transactions wait: in the application's mempool unless told, or in CometBFT's own as well. */
  readonly mempool?: "app" | "flood";
  /** Absent for a node that starts a chain. */
  readonly joining?: Joining;
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
  writeFileSync(paths.cometConfig, configure(config, cometSettings(paths, settings)));
  const genesis = JSON.parse(readFileSync(paths.genesis, "utf8")) as Genesis;
  writeFileSync(paths.genesis, `${JSON.stringify(withParameters(genesis, settings), null, 2)}\n`);
  return paths;
}

/** Surroundings of CometBFT: nothing of the caller's, since variables such as CMT_… change its settings. */
export const cometEnv = (): NodeJS.ProcessEnv => ({ PATH: process.env["PATH"] ?? "", HOME: "/nonexistent" });

type TomlValue = string | number | boolean;
/** Keys before the first section belong to section "". */
type TomlSettings = Readonly<Record<string, Readonly<Record<string, TomlValue>>>>;

const { txsMax, bytesMax, proofTxsMax, proofBytesMax, reapBytesMax } = MEMPOOL_LIMITS;
/** For either kind of mempool. */
const mempoolSettings = {
  max_tx_bytes: TX_BYTES_MAX,
  size: txsMax + proofTxsMax,
  max_txs_bytes: bytesMax + proofBytesMax,
  recheck: true,
  // A message to peers holds the largest transaction with its length and many small ones.
  max_batch_bytes: 2 * TX_BYTES_MAX,
  reap_max_bytes: reapBytesMax,
  reap_interval: "50ms",
  // For so long the same bytes are not looked at again after a refusal; clients come back sooner.
  check_tx_retry_delay: "100ms",
} as const;

function cometSettings(paths: HomePaths, settings: NodeSettings): TomlSettings {
  const loopback = (port: number): string => `tcp://127.0.0.1:${port}`;
  return {
    "": {
      proxy_app: settings.proxyApp ?? `unix://${paths.socket}`,
      moniker: settings.moniker,
      abci: "socket",
    },
    rpc: { laddr: loopback(settings.rpcPort), unsafe: false, max_body_bytes: 1_000_000, pprof_laddr: "" },
    p2p: {
      ...{ laddr: loopback(settings.p2pPort), seeds: "", pex: false },
      persistent_peers: settings.joining?.peers.join(",") ?? "",
      // Else peers on the loopback interface, the only one that nodes listen on, are not kept.
      addr_book_strict: false,
    },
    mempool: { type: settings.mempool ?? "app", ...mempoolSettings },
    statesync: stateSync(paths, settings.joining),
    // Its switch from consensus to block sync mid-way stalls nodes that are merely slow.
    blocksync: { adaptive_sync: false },
    consensus: { timeout_commit: `${settings.timeoutCommitMs}ms`, create_empty_blocks: true },
    tx_index: { indexer: "kv" },
    instrumentation: { prometheus: false },
  };
}

/** Where a node has no state yet it takes a snapshot; afterwards the settings have no effect. */
const stateSync = (
  { comet }: HomePaths,
  joining: Joining | undefined,
): Readonly<Record<string, TomlValue>> =>
  joining === undefined
    ? { enable: false }
    : {
        enable: true,
        rpc_servers: joining.rpcUrls.join(","),
        trust_height: Number(joining.trusted.height),
        trust_hash: joining.trusted.hash,
        // The least that it allows.
        discovery_time: "5s",
        temp_dir: comet,
      };

/** Changes settings of a TOML file of CometBFT; throws on one that the file does not have. */
export function configure(toml: string, settings: TomlSettings): string {
  const wanted = new Map<string, TomlValue>();
  for (const [section, keys] of Object.entries(settings))
    for (const [key, value] of Object.entries(keys)) wanted.set(`${section}.${key}`, value);
  let section = "";
  const lines = toml.split("\n").map((line) => {
    section = /^\[+([\w.]+)\]+$/.exec(line)?.[1] ?? section;
    const key = /^([\w-]+) = /.exec(line)?.[1];
    const value = wanted.get(`${section}.${key}`);
    if (key === undefined || value === undefined) return line;
    wanted.delete(`${section}.${key}`);
    return `${key} = ${JSON.stringify(value)}`;
  });
  if (wanted.size > 0) throw new Error(`CometBFT has no setting ${[...wanted.keys()].join(", ")}`);
  return lines.join("\n");
}

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
