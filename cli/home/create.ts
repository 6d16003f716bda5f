import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fromHex } from "#chain/bytes/hex.ts";
import type { AppState } from "#chain/kernel/genesis.ts";
import { findCometBft } from "#chain/node/cometbft-binary.ts";
import { initHome } from "#chain/node/config.ts";
import type { Json } from "#chain/proto/json.ts";
import { ensureCli } from "#cli/errors.ts";
import { type TypedGenesis, unitOfGenesis } from "#cli/genesis/base.ts";
import { bindMember, completeGenesis, type GenesisMember, gameIdOf } from "#cli/genesis/complete.ts";
import { type GenesisTemplates, templatesCache } from "#cli/genesis/templates.ts";
import type { Unit } from "#client/units.ts";
import type { Election } from "#proto/gen/iterum/elections.ts";
import type { Schedule } from "#proto/gen/iterum/rounds.ts";
import { beaconEntry, makeBeaconKey } from "./beacon.ts";
import type { Overrides } from "./config/file.ts";
import { writeConfig } from "./config/home.ts";
import type { Raw } from "./config/kinds.ts";
import { linkTree } from "./files.ts";
import { addKey, type Key } from "./keys.ts";
import { type HomeLayout, type HomeSettings, homeLayout } from "./layout.ts";
import { classCounts, type DealtRows, vocabularyOf, writeRows } from "./rows.ts";

/** A development net of one validator, before it exists. */
export interface NetPlan {
  readonly home: string;
  readonly chainId: string;
  readonly base: TypedGenesis;
  readonly rows: DealtRows;
  readonly templates: GenesisTemplates;
  /** Accounts besides the members', all with the same purse. */
  readonly others: readonly string[];
  /** Base units that every account starts with. */
  readonly purse: bigint;
  /** The mnemonic of each account's development key. */
  readonly mnemonic: (name: string) => string | Promise<string>;
  /** The beacon's secret key, 32 bytes, where a run must be repeatable; a random one otherwise. */
  readonly beaconSecret?: Uint8Array;
  readonly rpcPort: number;
  readonly p2pPort: number;
  readonly timeoutCommitMs: number;
  /** Other settings of the node. */
  readonly config?: Overrides;
  readonly schedule?: Partial<Schedule>;
  readonly election?: Partial<Election>;
}

/** A net whose home is ready to be started. */
export interface CreatedNet {
  readonly layout: HomeLayout;
  readonly settings: HomeSettings;
  /** Every account's key, by name. */
  readonly keys: ReadonlyMap<string, Key>;
  readonly appState: AppState;
  /** How amounts of the chain's token are shown. */
  readonly unit: Unit;
}

/** Makes a home with everything that a node, its sidecars and its agents need. Throws CliError. */
export async function createNet(plan: NetPlan): Promise<CreatedNet> {
  const layout = homeLayout(plan.home);
  ensureCli(!existsSync(layout.comet), `${layout.home} is the home of a node already`);
  const binary = findCometBft();
  await mkdir(layout.home, { recursive: true, mode: 0o700 });
  const names = [...plan.rows.members.keys(), ...plan.others];
  const keys = new Map<string, Key>();
  for (const name of names) keys.set(name, await addKey(layout.keys, name, await plan.mnemonic(name), "dev"));
  const { chainId, rpcPort, p2pPort, timeoutCommitMs } = plan;
  await initHome(binary, layout.home, {
    ...{ chainId, rpcPort, p2pPort, timeoutCommitMs },
    moniker: "validator",
    appState: {},
  });
  const appState = await genesisOf(plan, layout, keys);
  await setAppState(layout.genesis, appState);
  await writeRows(layout.rows, plan.rows);
  await linkTemplates(layout);
  const rpc = `http://127.0.0.1:${rpcPort}`;
  const settings = { chainId, gameId: gameIdOf(plan.base), rpc, classes: plan.rows.classes };
  await writeFile(layout.settings, `${JSON.stringify(settings, null, 2)}\n`);
  await writeConfig(layout, nodeValues(plan));
  return { layout, settings, keys, appState, unit: unitOfGenesis(plan.base) };
}

/** What a plan says of its node's configuration. */
const nodeValues = ({ rpcPort, p2pPort, timeoutCommitMs, config }: NetPlan): Overrides =>
  new Map<string, Raw>([
    ["rpc.listen", `127.0.0.1:${rpcPort}`],
    ["p2p.listen", `127.0.0.1:${p2pPort}`],
    ["consensus.block_pause_ms", timeoutCommitMs],
    ...(config ?? []),
  ]);

/** Gives the home's prover the templates of the cache, unless it has them. */
export async function linkTemplates({ prover }: HomeLayout): Promise<void> {
  if (existsSync(prover)) return;
  for (const folder of ["templates", "srs", "keys"])
    await linkTree(join(templatesCache, folder), join(prover, folder));
}

async function genesisOf(
  plan: NetPlan,
  layout: HomeLayout,
  keys: ReadonlyMap<string, Key>,
): Promise<AppState> {
  const { chainId, base, rows, templates, schedule, election } = plan;
  const gameId = gameIdOf(base);
  const members: GenesisMember[] = [];
  for (const name of rows.members.keys()) {
    const { address, ethereumKey } = keys.get(name) as Key;
    members.push(bindMember(chainId, gameId, address, await ethereumKey()));
  }
  const secret = await makeBeaconKey(layout.beaconKey, plan.beaconSecret);
  return completeGenesis(base, {
    ...{ chainId, members, templates },
    accounts: [...keys.values()].map(({ address }) => ({ address, amount: plan.purse })),
    beaconKeys: [beaconEntry(secret, await validatorAddress(layout))],
    vocabulary: vocabularyOf(rows),
    frequencies: classCounts(rows),
    ...(schedule && { schedule }),
    ...(election && { election }),
  });
}

/** Consensus address of the home's validator, 20 bytes. */
async function validatorAddress({ comet }: HomeLayout): Promise<Uint8Array> {
  const file = join(comet, "config/priv_validator_key.json");
  const { address } = JSON.parse(await readFile(file, "utf8")) as { readonly address: string };
  return fromHex(address.toLowerCase());
}

/** Writes the application's state into CometBFT's genesis file. */
async function setAppState(file: string, appState: AppState): Promise<void> {
  const genesis = JSON.parse(await readFile(file, "utf8")) as Record<string, Json>;
  await writeFile(file, `${JSON.stringify({ ...genesis, app_state: appState }, null, 2)}\n`);
}
