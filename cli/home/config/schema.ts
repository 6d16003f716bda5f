import { choice, flag, forms, list, type Raw, type Setting, text, whole } from "./kinds.ts";

/** A part of the file: what it is about, and its settings by their names, in camel case. */
interface Section {
  readonly about: string;
  readonly settings: Readonly<Record<string, Setting>>;
}

const section = <S extends Readonly<Record<string, Setting>>>(
  about: string,
  settings: S,
): { readonly about: string; readonly settings: S } => ({ about, settings });

const versions = { min: 2, max: 1_000_000, unit: "versions" };
const peers = { min: 0, max: 1_000, unit: "peers" };

/** Every setting of a node, in the order of the file. */
export const schema = {
  node: section("The node as others see it.", {
    moniker: text("Name shown to peers.", "validator", forms.name),
  }),
  log: section("What the node tells of itself.", {
    level: choice("Least grave lines that are written.", "info", ["debug", "info", "warn", "error"]),
    format: choice("How `iterum start` writes its own lines.", "pretty", ["pretty", "json"]),
    target: choice(
      "Where the lines of app and CometBFT go: files of the home, which rotate, or standard output.",
      "files",
      ["files", "stdout"],
    ),
  }),
  rpc: section("CometBFT's RPC, for clients. Whoever reaches it may send transactions and queries.", {
    listen: text("Where it listens.", "127.0.0.1:26657", forms.address),
    origins: list("Web pages of other origins that may use it.", forms.origin),
  }),
  p2p: section("The network of nodes.", {
    listen: text("Where peers connect; 0.0.0.0:26656 for all interfaces.", "127.0.0.1:26656", forms.address),
    externalAddress: text("Where peers reach it from outside, if elsewhere.", "", forms.addressOrNone),
    seeds: list("Nodes that are asked for others.", forms.peer),
    persistentPeers: list("Nodes to stay connected to.", forms.peer),
    exchangePeers: flag("Whether addresses of nodes are exchanged with peers.", false),
    isSeed: flag("Whether it hands out addresses and hangs up.", false),
    inboundMax: whole("Peers that may connect.", 40, peers),
    outboundMax: whole("Peers to connect to.", 10, peers),
    publicOnly: flag("Whether only addresses that the whole internet reaches are kept.", false),
  }),
  consensus: section("The pace of blocks; the same for all validators, by agreement.", {
    blockPauseMs: whole("Pause after each block.", 900, { min: 50, max: 600_000, unit: "milliseconds" }),
  }),
  mempool: section("Transactions that wait.", {
    kind: choice("Who keeps them: the app, by price, or CometBFT as well, in order of arrival.", "app", [
      "app",
      "flood",
    ]),
    gasPriceMinMicro: whole(
      "Least price of a unit of gas that this node takes; the chain's own counts if it is more.",
      0,
      { min: 0, max: 1_000_000_000_000, unit: "millionths of a base unit" },
    ),
  }),
  state: section("What is kept of the past, and how the state is checked.", {
    keepRecent: whole("Last versions that queries reach back.", 100, versions),
    keepEvery: whole("Every so many-th version is kept for good; 0 for none.", 0, {
      ...{ min: 0, max: 100_000_000, unit: "blocks" },
    }),
    snapshotEvery: whole("Blocks between snapshots for nodes that join; 0 for none.", 1_000, {
      ...{ min: 0, max: 100_000_000, unit: "blocks" },
    }),
    snapshotsKept: whole("Snapshots that are kept.", 2, { min: 1, max: 100, unit: "snapshots" }),
    invariants: choice("Invariants that stop the node when one is broken.", "cheap", [
      "none",
      "cheap",
      "full",
    ]),
  }),
  threads: section("Threads beside that of consensus.", {
    proofs: whole("They judge proofs.", 2, { min: 1, max: 64, unit: "threads of some 90 MB" }),
    queries: whole("They answer queries.", 1, { min: 1, max: 64, unit: "threads of some 100 MB" }),
  }),
  sync: section("How the node comes to the chain's height when it has no state yet.", {
    mode: choice(
      "By playing every block, or by a snapshot of peers that light verification checks.",
      "blocks",
      ["blocks", "snapshot"],
    ),
    rpcServers: list("RPC of two nodes that are asked for headers; one may be named twice.", forms.url),
    trustHeight: whole("A block known to be the chain's, at most a week old.", 0, {
      ...{ min: 0, max: 2_147_483_647, unit: "height" },
    }),
    trustHash: text("Hash of its header.", "", forms.hash),
  }),
  api: section("REST and OpenAPI, for wallets and browsers, in a process of its own.", {
    enabled: flag("Whether it is served.", false),
    listen: text("Where it listens.", "127.0.0.1:1317", forms.address),
  }),
  metrics: section("`/metrics` for Prometheus, `/health` and `/ready`.", {
    enabled: flag("Whether they are served.", false),
    listen: text("Where they are served.", "127.0.0.1:26660", forms.address),
    cometListen: text("Where CometBFT serves its own metrics.", "127.0.0.1:26661", forms.address),
    readyAgeMaxS: whole("Age of the last block at which the node is no longer ready.", 60, {
      ...{ min: 1, max: 86_400, unit: "seconds" },
    }),
  }),
} as const satisfies Readonly<Record<string, Section>>;

type Schema = typeof schema;
type ValueOf<S> = S extends Setting<infer T extends Raw> ? T : never;

/** A node's configuration; see `schema` for each setting. */
export type Config = {
  readonly [S in keyof Schema]: {
    readonly [K in keyof Schema[S]["settings"]]: ValueOf<Schema[S]["settings"][K]>;
  };
};

/** One setting with its place. */
export interface Place {
  readonly section: string;
  /** In camel case, as in `Config`. */
  readonly name: string;
  /** As in the file: `section.key_in_snake_case`. */
  readonly path: string;
  readonly setting: Setting;
}

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** All settings, in the order of the file. */
export const places: readonly Place[] = Object.entries(schema).flatMap(([part, { settings }]) =>
  Object.entries(settings as Readonly<Record<string, Setting>>).map(([name, setting]) => ({
    section: part,
    name,
    path: `${part}.${snake(name)}`,
    setting,
  })),
);
