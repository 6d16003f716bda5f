import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { findCometBft } from "#chain/node/cometbft-binary.ts";
import { initHome } from "#chain/node/config.ts";
import { CliError, ensureCli } from "#cli/errors.ts";
import { makeBeaconKey } from "./beacon.ts";
import type { Overrides } from "./config/file.ts";
import { checkValues, configOf } from "./config/file.ts";
import { checkConfig, writeConfig } from "./config/home.ts";
import type { Raw } from "./config/kinds.ts";
import type { HomeLayout, HomeSettings } from "./layout.ts";
import { blockAt, type GenesisFile, genesisAt, type Peer, peersAt, type TrustedBlock } from "./peer.ts";

/** How a node is to join a chain. */
export interface JoinPlan {
  readonly layout: HomeLayout;
  /** RPCs of nodes of the chain. */
  readonly urls: readonly string[];
  /** What is known of the chain from elsewhere; the nodes' answers must agree. */
  readonly expected: {
    readonly chainId?: string | undefined;
    /** SHA-256 of the genesis file. */
    readonly genesisHash?: string | undefined;
    readonly trusted?: TrustedBlock | undefined;
  };
  /** How it comes to the chain's height; by default by what is there of it. */
  readonly mode?: "blocks" | "snapshot" | undefined;
  /** Settings of the node's configuration. */
  readonly config: Overrides;
}

/** A home that was made to join a chain. */
export interface Joined {
  readonly peers: readonly Peer[];
  readonly genesis: GenesisFile;
  readonly mode: "blocks" | "snapshot";
  readonly trusted: TrustedBlock;
}

/** A chain of fewer blocks is played sooner than a snapshot is looked for. */
const BLOCKS_FEW = 200n;
/** So far back every node has the block, and its hash is in the next one. */
const TRUST_BACK = 2n;

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** The genesis, of which all nodes must hand out the same. Throws CliError. */
async function agreedGenesis(
  peers: readonly [Peer, ...Peer[]],
  { expected }: JoinPlan,
): Promise<GenesisFile> {
  const genesis = await genesisAt(peers[0].url);
  const { chainId, genesisHash } = expected;
  const told = peers[0].status.chainId;
  ensureCli(told === genesis.chainId, `${peers[0].url} is of another chain than the genesis it hands out`);
  ensureCli(chainId === undefined || chainId === genesis.chainId, `the chain is ${genesis.chainId}`);
  ensureCli(
    genesisHash === undefined || same(genesisHash, genesis.hash),
    `the genesis of ${peers[0].url} has the hash ${genesis.hash}`,
  );
  for (const { url } of peers.slice(1)) {
    const { hash } = await genesisAt(url);
    ensureCli(hash === genesis.hash, `${url} hands out another genesis, ${hash}, than ${peers[0].url}`);
  }
  return genesis;
}

/** A block that all nodes have, the expected one if there is one. Throws CliError. */
async function agreedBlock(peers: readonly [Peer, ...Peer[]], { expected }: JoinPlan): Promise<TrustedBlock> {
  const [least = 0n] = peers.map(({ status }) => status.height).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  ensureCli(least > 0n, "the chain has no block yet: its nodes must run first");
  const height = expected.trusted?.height ?? (least > TRUST_BACK ? least - TRUST_BACK : 1n);
  const blocks = await Promise.all(peers.map(({ url }) => blockAt(url, height)));
  const [block] = blocks as [TrustedBlock];
  for (const [index, { hash }] of blocks.entries()) {
    if (hash === block.hash) continue;
    const [ours, theirs] = [`${block.hash} by ${peers[0].url}`, `${hash} by ${peers[index]?.url}`];
    throw new CliError(`block ${height} is ${ours}, but ${theirs}: one of them lies or left the chain`);
  }
  const wanted = expected.trusted?.hash;
  ensureCli(
    wanted === undefined || same(wanted, block.hash),
    `block ${height} of ${peers[0].url} is ${block.hash}`,
  );
  return block;
}

function joinedValues(plan: JoinPlan, peers: readonly Peer[], { mode, trusted }: Joined): Overrides {
  const servers = peers.map(({ url }) => url);
  return new Map<string, Raw>([
    ["node.moniker", "node"],
    ["p2p.persistent_peers", peers.map(({ address }) => address)],
    ["sync.mode", mode],
    // A light client wants two; one may be named twice.
    ["sync.rpc_servers", servers.length > 1 ? servers : [...servers, ...servers]],
    ["sync.trust_height", Number(trusted.height)],
    ["sync.trust_hash", trusted.hash],
    ...plan.config,
  ]);
}

/** The first game of a genesis, which agents play unless told otherwise. */
function gameOf(text: string): string {
  const { app_state: state } = JSON.parse(text) as {
    readonly app_state?: { readonly rounds?: { readonly games?: readonly { readonly gameId?: string }[] } };
  };
  return state?.rounds?.games?.[0]?.gameId ?? "";
}

/**
 * Makes the home of a node of a running chain: the chain's genesis, keys of its own, the nodes asked as
 * peers, and the way to the chain's height. Throws CliError, and ConfigError on settings that cannot be.
 */
export async function joinChain(plan: JoinPlan): Promise<Joined> {
  const { layout } = plan;
  ensureCli(!existsSync(layout.comet), `${layout.home} is the home of a node already`);
  const binary = findCometBft();
  const peers = await peersAt(plan.urls);
  const genesis = await agreedGenesis(peers, plan);
  const trusted = await agreedBlock(peers, plan);
  const isShort = peers[0].status.height < BLOCKS_FEW && peers[0].status.earliestHeight <= 1n;
  const mode = plan.mode ?? (isShort ? "blocks" : "snapshot");
  const joined: Joined = { peers, genesis, mode, trusted };
  const values = joinedValues(plan, peers, joined);
  // Much of it is what strangers said.
  checkValues(values);
  const config = configOf(values);
  checkConfig(config);
  // Ports and the like come with the node's first start, from its configuration.
  await initHome(binary, layout.home, {
    ...{ chainId: genesis.chainId, moniker: config.node.moniker, appState: {} },
    ...{ rpcPort: 26_657, p2pPort: 26_656, timeoutCommitMs: config.consensus.blockPauseMs },
  });
  await writeFile(layout.genesis, genesis.text);
  await makeBeaconKey(layout.beaconKey);
  const settings: HomeSettings = {
    ...{ chainId: genesis.chainId, gameId: gameOf(genesis.text), classes: [] },
    rpc: `http://${config.rpc.listen}`,
  };
  await writeFile(layout.settings, `${JSON.stringify(settings, null, 2)}\n`);
  await writeConfig(layout, values);
  return joined;
}
