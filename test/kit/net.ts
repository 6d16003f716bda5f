import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fromHex, toHex } from "#chain/bytes/hex.ts";
import { startAppChild } from "#chain/node/app-child.ts";
import { configure } from "#chain/node/comet-settings.ts";
import { findCometBft } from "#chain/node/cometbft-binary.ts";
import { homePaths, initHome } from "#chain/node/config.ts";
import { freePort } from "#chain/node/process.ts";
import { type NodeNews, type SupervisedNode, superviseNode } from "#chain/node/supervisor.ts";
import { addressOf } from "../chain/mempool/peer.ts";
import { CHAIN_ID, type GenesisChoice, genesis } from "./genesis.ts";
import { isMutation, type MutationTold } from "./mutated-store.ts";
import { startApp } from "./node.ts";
import { validator } from "./validator.ts";

/** A validator of a net, not yet started. */
export interface NetNode {
  readonly name: string;
  readonly home: string;
  start(how?: NetStart): Promise<SupervisedNode>;
}

/** How a node of a net is started. */
export interface NetStart {
  /** Makes its app write one bit wrong and tell which entry that was. */
  readonly mutation?: NetMutation;
  /** Added to the environment of its app. */
  readonly env?: NodeJS.ProcessEnv;
}

/** When an app errs, from which seed, and who is told of the entry. */
export interface NetMutation {
  readonly height: bigint;
  readonly seed: string;
  readonly told: (entry: MutationTold) => void;
}

interface PublicKey {
  readonly type: string;
  readonly value: string;
}

interface ValidatorKey {
  readonly address: string;
  readonly pub_key: PublicKey;
}

/** Of each validator of genesis. */
export const POWER = 10n;

/** A validator of genesis with its consensus key, 32 bytes of Ed25519. */
export interface NetKey {
  readonly name: string;
  readonly publicKey: Uint8Array;
}

function startMutant(home: string, env: NodeJS.ProcessEnv, { height, seed, told }: NetMutation) {
  const { appLog, appPid } = homePaths(home);
  return startAppChild({
    args: [fileURLToPath(new URL("./byzantine-process.ts", import.meta.url))],
    env: {
      HOME: home,
      ITERUM_TEST_HOME: home,
      ITERUM_TEST_SEED: seed,
      ITERUM_TEST_MUTATE: `${height}`,
      ...env,
    },
    ...{ logFile: appLog, pidFile: appPid },
    onMessage: (message) => {
      if (isMutation(message)) told(message);
    },
  });
}

interface NetOptions {
  /** Added to the environment of all apps. */
  readonly appEnv?: NodeJS.ProcessEnv;
  /** Told when a node is down, waits or is up again. */
  readonly onNews?: (name: string, news: NodeNews) => void;
}

/** Where a node of a net runs. */
export interface NetPlace {
  readonly name: string;
  readonly host: string;
  readonly rpcPort: number;
  readonly p2pPort: number;
  /** What is started in place of CometBFT, with its arguments. */
  readonly binary?: string;
}

async function makeNode(folder: string, { binary = findCometBft(), ...place }: NetPlace, paceMs: number) {
  const { name } = place;
  const home = join(folder, name);
  const settings = { ...place, chainId: CHAIN_ID, moniker: name, timeoutCommitMs: paceMs, appState: {} };
  const { comet } = await initHome(findCometBft(), home, settings);
  const text = await readFile(join(comet, "config/priv_validator_key.json"), "utf8");
  return { name, home, binary, key: JSON.parse(text) as ValidatorKey, address: await addressOf(home) };
}

/**
 * Makes homes of the validators of a new chain, of equal power, each of which is connected to all others.
 */
export async function makeNet(
  folder: string,
  places: readonly NetPlace[],
  choiceOf: (keys: readonly NetKey[]) => GenesisChoice,
  timeoutCommitMs: number,
  { appEnv = {}, onNews }: NetOptions = {},
): Promise<readonly NetNode[]> {
  const made: Awaited<ReturnType<typeof makeNode>>[] = [];
  for (const place of places) made.push(await makeNode(folder, place, timeoutCommitMs));
  const beaconKeys = made.map(({ name, key }) => ({
    ...validator(name).key,
    validator: fromHex(key.address.toLowerCase()),
  }));
  const first = homePaths(made[0]?.home ?? "").genesis;
  const file = JSON.parse(await readFile(first, "utf8")) as object;
  const validators = made.map(({ name, key }) => ({ ...key, power: `${POWER}`, name }));
  const keys = made.map(({ name, key }): NetKey => {
    return { name, publicKey: new Uint8Array(Buffer.from(key.pub_key.value, "base64")) };
  });
  const state = genesis({ ...choiceOf(keys), beaconKeys });
  const shared = JSON.stringify({ ...file, validators, app_state: state });
  const nodes = made.map(async ({ name, home, binary }): Promise<NetNode> => {
    const paths = homePaths(home);
    await writeFile(paths.genesis, shared);
    const peers = made.filter((other) => other.home !== home).map(({ address }) => address);
    const p2p = { persistent_peers: peers.join(",") };
    await writeFile(paths.cometConfig, configure(await readFile(paths.cometConfig, "utf8"), { p2p }));
    const start: NetNode["start"] = ({ mutation, env: more = {} } = {}) => {
      const env = { ITERUM_TEST_BEACON: toHex(validator(name).secret), ...appEnv, ...more };
      return superviseNode({
        ...{ home, binary },
        ...(onNews && { onNews: (news) => onNews(name, news) }),
        startApp: () => (mutation ? startMutant(home, env, mutation) : startApp(home, env)),
      });
    };
    return { name, home, start };
  });
  return Promise.all(nodes);
}

/** Gives `use` the nodes of such a chain on the loopback interface; removes them afterwards. */
export async function withNet<T>(
  names: readonly string[],
  choice: GenesisChoice,
  timeoutCommitMs: number,
  use: (nodes: readonly NetNode[]) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "iterum-net-"));
  try {
    const places: NetPlace[] = [];
    for (const name of names) {
      const [rpcPort, p2pPort] = [await freePort(), await freePort()];
      places.push({ name, host: "127.0.0.1", rpcPort, p2pPort });
    }
    return await use(await makeNet(folder, places, () => choice, timeoutCommitMs));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
