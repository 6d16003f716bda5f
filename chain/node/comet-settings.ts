import { TX_BYTES_MAX } from "#chain/limits.ts";
import { MEMPOOL_LIMITS } from "#chain/mempool/limits.ts";

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

/** How CometBFT is configured; addresses are `host:port`. */
export interface CometSettings {
  readonly moniker: string;
  readonly rpcListen: string;
  readonly p2pListen: string;
  /** Pause after each block: what sets the pace of the chain. */
  readonly timeoutCommitMs: number;
  /** Address of the application where it is not the home's socket. */
  readonly proxyApp?: string;
  /** Where transactions wait: in the application's mempool unless told, or in CometBFT's own as well. */
  readonly mempool?: "app" | "flood";
  /** Where peers reach this node, if it is not where it listens. */
  readonly externalAddress?: string;
  /** Nodes that are asked for others, as `id@host:port`. */
  readonly seeds?: readonly string[];
  /** Nodes to stay connected to, those of `joining` among them. */
  readonly peers?: readonly string[];
  /** Whether addresses of peers are exchanged with them. */
  readonly exchangesPeers?: boolean;
  /** Whether the node serves as a seed: hands addresses out and hangs up. */
  readonly isSeed?: boolean;
  readonly inboundMax?: number;
  readonly outboundMax?: number;
  /** Whether only addresses that the whole internet reaches are kept as peers. */
  readonly publicOnly?: boolean;
  /** Pages of other origins that may use the RPC; `*` for all. */
  readonly rpcOrigins?: readonly string[];
  /** Where its own metrics are served; nowhere when absent. */
  readonly metricsListen?: string;
  readonly logLevel?: string;
  readonly logFormat?: "plain" | "json";
  /** Absent for a node that plays every block. */
  readonly joining?: Joining;
}

type TomlValue = string | number | boolean | readonly string[];
/** Keys before the first section belong to section "". */
export type TomlSettings = Readonly<Record<string, Readonly<Record<string, TomlValue>>>>;

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

const tcp = (address: string): string => `tcp://${address}`;

/** Where CometBFT's home and its application are. */
interface Places {
  readonly comet: string;
  readonly socket: string;
}

/** What a node's settings are in CometBFT's own configuration. */
export function cometToml(places: Places, settings: CometSettings): TomlSettings {
  const { joining, metricsListen } = settings;
  return {
    "": {
      proxy_app: settings.proxyApp ?? `unix://${places.socket}`,
      moniker: settings.moniker,
      abci: "socket",
      log_level: settings.logLevel ?? "info",
      log_format: settings.logFormat ?? "plain",
    },
    rpc: {
      ...{ laddr: tcp(settings.rpcListen), unsafe: false, max_body_bytes: 1_000_000, pprof_laddr: "" },
      cors_allowed_origins: settings.rpcOrigins ?? [],
    },
    p2p: p2pToml(settings),
    mempool: { type: settings.mempool ?? "app", ...mempoolSettings },
    statesync: stateSync(places, joining),
    // Its switch from consensus to block sync mid-way stalls nodes that are merely slow.
    blocksync: { adaptive_sync: false },
    consensus: { timeout_commit: `${settings.timeoutCommitMs}ms`, create_empty_blocks: true },
    tx_index: { indexer: "kv" },
    instrumentation: {
      prometheus: metricsListen !== undefined,
      ...(metricsListen !== undefined && { prometheus_listen_addr: metricsListen }),
    },
  };
}

function p2pToml(settings: CometSettings): TomlSettings[string] {
  const { joining, seeds = [], peers = [], exchangesPeers = false, isSeed = false } = settings;
  return {
    ...{ laddr: tcp(settings.p2pListen), external_address: settings.externalAddress ?? "" },
    ...{ seeds: seeds.join(","), pex: exchangesPeers, seed_mode: isSeed },
    persistent_peers: [...new Set([...(joining?.peers ?? []), ...peers])].join(","),
    // Else peers on the loopback interface and in private networks are not kept.
    addr_book_strict: settings.publicOnly ?? false,
    // Several nodes of one machine, or behind one router, are several peers.
    allow_duplicate_ip: !settings.publicOnly,
    max_num_inbound_peers: settings.inboundMax ?? 40,
    max_num_outbound_peers: settings.outboundMax ?? 10,
  };
}

/** Where a node has no state yet it takes a snapshot; afterwards the settings have no effect. */
const stateSync = ({ comet }: Places, joining: Joining | undefined): TomlSettings[string] =>
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
