import { existsSync, readFileSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { rpcUrlOf } from "#chain/node/comet.ts";
import type { CometSettings } from "#chain/node/comet-settings.ts";
import { ensureCli } from "#cli/errors.ts";
import type { HomeLayout } from "#cli/home/layout.ts";
import { ConfigError, configOf, type Overrides, readToml, writeToml } from "./file.ts";
import type { Config } from "./schema.ts";

const NONE: Overrides = new Map();
/** Nodes that join look for snapshots for seconds before they fetch one. */
const SNAPSHOT_LIFE_MIN_MS = 60_000;

/** The values that a home's file gives; none where there is no file. Throws ConfigError. */
export async function homeValues({ config }: HomeLayout): Promise<Overrides> {
  return existsSync(config) ? readToml(config, await readFile(config, "utf8")) : NONE;
}

/** A home's configuration, with values that count before those of the file. Throws ConfigError. */
export async function homeConfig(layout: HomeLayout, given: Overrides = NONE): Promise<Config> {
  const config = configOf(new Map([...(await homeValues(layout)), ...given]));
  checkConfig(config);
  return config;
}

/** Writes a home's file, whole or not at all. */
export async function writeConfig({ config }: HomeLayout, values: Overrides): Promise<void> {
  checkConfig(configOf(values));
  const partial = `${config}.new`;
  await writeFile(partial, writeToml(values), { mode: 0o600 });
  await rename(partial, config);
}

/** Rules over several settings. Throws ConfigError with all that are broken. */
export function checkConfig({ sync, rpc, p2p, api, metrics, consensus, state }: Config): void {
  const problems: string[] = [];
  const lifeMs = state.snapshotEvery * state.snapshotsKept * consensus.blockPauseMs;
  if (state.snapshotEvery > 0 && lifeMs < SNAPSHOT_LIFE_MIN_MS)
    problems.push(
      `state.snapshots_kept: a snapshot would be gone after ${Math.floor(lifeMs / 1000)} s, before peers ` +
        `that have found it could fetch it: keep more, or make fewer by state.snapshot_every`,
    );
  if (metrics.readyAgeMaxS * 1000 < 3 * consensus.blockPauseMs)
    problems.push("metrics.ready_age_max_s: must be three times consensus.block_pause_ms at least");
  if (sync.mode === "snapshot") {
    if (sync.rpcServers.length < 2) problems.push("sync.rpc_servers: a sync by snapshot asks two at least");
    if (sync.trustHeight === 0) problems.push("sync.trust_height: a sync by snapshot needs a trusted block");
    if (sync.trustHash === "") problems.push("sync.trust_hash: a sync by snapshot needs a trusted block");
  }
  const listens: (readonly [path: string, address: string])[] = [
    ["rpc.listen", rpc.listen],
    ["p2p.listen", p2p.listen],
  ];
  if (api.enabled) listens.push(["api.listen", api.listen]);
  if (metrics.enabled)
    listens.push(["metrics.listen", metrics.listen], ["metrics.comet_listen", metrics.cometListen]);
  for (const [index, [path, address]] of listens.entries()) {
    const other = listens.slice(0, index).find(([, before]) => before === address && !address.endsWith(":0"));
    if (other) problems.push(`${path}: ${address} is taken by ${other[0]}`);
  }
  if (problems.length > 0) throw new ConfigError(problems);
}

/** What a configuration means for CometBFT. */
export function cometSettingsOf(config: Config): CometSettings {
  const { rpc, p2p, sync, metrics, log } = config;
  return {
    moniker: config.node.moniker,
    ...{ rpcListen: rpc.listen, rpcOrigins: rpc.origins, p2pListen: p2p.listen },
    timeoutCommitMs: config.consensus.blockPauseMs,
    mempool: config.mempool.kind,
    ...{ externalAddress: p2p.externalAddress, seeds: p2p.seeds, peers: p2p.persistentPeers },
    ...{ exchangesPeers: p2p.exchangePeers, isSeed: p2p.isSeed, publicOnly: p2p.publicOnly },
    ...{ inboundMax: p2p.inboundMax, outboundMax: p2p.outboundMax },
    ...{ logLevel: log.level },
    logFormat: log.format === "json" ? "json" : "plain",
    ...(metrics.enabled && { metricsListen: metrics.cometListen }),
    ...(sync.mode === "snapshot" && {
      joining: {
        peers: [],
        rpcUrls: sync.rpcServers,
        trusted: { height: BigInt(sync.trustHeight), hash: sync.trustHash },
      },
    }),
  };
}

/** Where a listening address is reached from this machine, as a URL. */
export function localUrl(address: string): string {
  const at = address.lastIndexOf(":");
  const host = address.slice(0, at);
  const isAny = host === "0.0.0.0" || host === "[::]";
  return `http://${isAny ? "127.0.0.1" : host}${address.slice(at)}`;
}

/** Where a home's node serves its RPC; that of a home without a file is in CometBFT's own configuration. */
export function nodeRpc({ config, cometConfig }: HomeLayout, { rpc }: Config): string {
  if (existsSync(config)) return localUrl(rpc.listen);
  return localUrl(rpcUrlOf(readFileSync(cometConfig, "utf8")).replace(/^http:\/\//, ""));
}

/** The home's values. Throws CliError where the home has no file. */
export async function fileValues(layout: HomeLayout): Promise<Overrides> {
  ensureCli(
    existsSync(layout.config),
    `there is no ${layout.config}: run \`iterum init\` or \`iterum join\``,
  );
  return homeValues(layout);
}
