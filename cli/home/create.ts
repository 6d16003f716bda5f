import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fromHex } from "#chain/bytes/hex.ts";
import type { AppState } from "#chain/kernel/genesis.ts";
import { findCometBft } from "#chain/node/cometbft-binary.ts";
import { cometEnv, initHome } from "#chain/node/config.ts";
import { runProgram } from "#chain/node/process.ts";
import type { Json } from "#chain/proto/json.ts";
import { toOperator } from "#chain/protocol/operator.ts";
import { ensureCli } from "#cli/errors.ts";
import { type TypedGenesis, unitOfGenesis } from "#cli/genesis/base.ts";
import { bindMember, completeGenesis, type GenesisMember, gameIdOf } from "#cli/genesis/complete.ts";
import { type GenesisTemplates, templatesCache } from "#cli/genesis/templates.ts";
import type { Unit } from "#client/units.ts";
import { PubKey } from "#proto/gen/cosmos/crypto/ed25519.ts";
import { Description, MsgCreateValidator } from "#proto/gen/cosmos/staking.ts";
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

/** Where one validator's node will be, and how it is configured. */
export interface NodePlace {
  readonly home: string;
  readonly rpcPort: number;
  readonly p2pPort: number;
  /** Settings besides its ports and pace. */
  readonly config?: Overrides;
}

/** A development net, before it exists: of one validator, whose home has everybody's keys and rows too. */
export interface NetPlan extends NodePlace {
  /** More validators, each with a home of its own. */
  readonly more?: readonly NodePlace[];
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
  readonly timeoutCommitMs: number;
  readonly schedule?: Partial<Schedule>;
  readonly election?: Partial<Election>;
}

/** Whole tokens of 10⁶ base units that each validator of a net begins with. */
const STAKE_POWER = 1_000n;
const POWER_UNITS = 1_000_000n;
/** One, in units of 10⁻¹⁸. */
const ATTO = 10n ** 18n;

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
  for (const { home } of [plan, ...(plan.more ?? [])])
    ensureCli(!existsSync(homeLayout(home).comet), `${home} is the home of a node already`);
  const binary = findCometBft();
  await mkdir(layout.home, { recursive: true, mode: 0o700 });
  const names = [...plan.rows.members.keys(), ...plan.others];
  const keys = new Map<string, Key>();
  for (const name of names) keys.set(name, await addKey(layout.keys, name, await plan.mnemonic(name), "dev"));
  const nodes: MadeNode[] = [];
  for (const [index, place] of [plan, ...(plan.more ?? [])].entries()) {
    const name = operatorName(index);
    const mnemonic = await plan.mnemonic(name);
    const operator = await addKey(layout.keys, name, mnemonic, "dev");
    if (index > 0) await addKey(homeLayout(place.home).keys, operatorName(0), mnemonic, "dev");
    keys.set(name, operator);
    nodes.push(
      await makeNode(plan, place, binary, operator.address, index === 0 ? plan.beaconSecret : undefined),
    );
  }
  const appState = await genesisOf(plan, nodes, keys);
  await writeGenesis(nodes, appState);
  await writeRows(layout.rows, plan.rows);
  await linkTemplates(layout);
  const [settings] = await Promise.all(nodes.map((node) => writeSettings(plan, node, nodes)));
  ensureCli(settings, "a net has a node");
  return { layout, settings, keys, appState, unit: unitOfGenesis(plan.base) };
}

/** The key of the account that runs a validator; each has its own under the first name in its own home. */
const operatorName = (index: number): string => (index === 0 ? "validator" : `validator-${index + 1}`);

/** A validator with keys of its own. */
interface MadeNode {
  /** Address of the account that runs it. */
  readonly operator: string;
  readonly place: NodePlace;
  readonly layout: HomeLayout;
  readonly beaconSecret: Uint8Array;
  /** As CometBFT's genesis lists it. */
  readonly validator: { readonly address: string; readonly pub_key: { readonly value: string } };
  /** Where its peers reach it. */
  readonly address: string;
}

async function makeNode(
  plan: NetPlan,
  place: NodePlace,
  binary: string,
  operator: string,
  secret?: Uint8Array,
): Promise<MadeNode> {
  const layout = homeLayout(place.home);
  const { rpcPort, p2pPort } = place;
  const { chainId, timeoutCommitMs } = plan;
  const settings = { chainId, rpcPort, p2pPort, timeoutCommitMs, moniker: "validator", appState: {} };
  await initHome(binary, layout.home, settings);
  const { validators } = JSON.parse(await readFile(layout.genesis, "utf8")) as {
    readonly validators: readonly MadeNode["validator"][];
  };
  const [validator] = validators;
  ensureCli(validator, "CometBFT's own genesis has a validator");
  const nodeId = await runProgram(binary, ["show-node-id", "--home", layout.comet], cometEnv());
  return {
    ...{ operator, place, layout, validator, address: `${nodeId.trim()}@127.0.0.1:${p2pPort}` },
    beaconSecret: await makeBeaconKey(layout.beaconKey, secret),
  };
}

/** Writes what `init` chose and how a node is configured, its peers included. */
async function writeSettings(
  plan: NetPlan,
  { place, layout, address }: MadeNode,
  nodes: readonly MadeNode[],
): Promise<HomeSettings> {
  const { chainId, base, rows, timeoutCommitMs } = plan;
  const { rpcPort, p2pPort, config } = place;
  const rpc = `http://127.0.0.1:${rpcPort}`;
  const settings = { chainId, gameId: gameIdOf(base), rpc, classes: rows.classes };
  await writeFile(layout.settings, `${JSON.stringify(settings, null, 2)}\n`);
  const peers = nodes.map((node) => node.address).filter((each) => each !== address);
  const values: [string, Raw][] = [
    ["rpc.listen", `127.0.0.1:${rpcPort}`],
    ["p2p.listen", `127.0.0.1:${p2pPort}`],
    ["p2p.persistent_peers", peers],
    ["consensus.block_pause_ms", timeoutCommitMs],
  ];
  await writeConfig(layout, new Map([...values, ...(config ?? [])]));
  return settings;
}

/** Gives the home's prover the templates of the cache, unless it has them. */
export async function linkTemplates({ prover }: HomeLayout): Promise<void> {
  if (existsSync(prover)) return;
  for (const folder of ["templates", "srs", "keys"])
    await linkTree(join(templatesCache, folder), join(prover, folder));
}

async function genesisOf(
  plan: NetPlan,
  nodes: readonly MadeNode[],
  keys: ReadonlyMap<string, Key>,
): Promise<AppState> {
  const { chainId, base, rows, templates, schedule, election } = plan;
  const gameId = gameIdOf(base);
  const members: GenesisMember[] = [];
  for (const name of rows.members.keys()) {
    const { address, ethereumKey } = keys.get(name) as Key;
    members.push(bindMember(chainId, gameId, address, await ethereumKey()));
  }
  const isOperator = new Set(nodes.map(({ operator }) => operator));
  return completeGenesis(base, {
    ...{ chainId, members, templates },
    accounts: [...keys.values()].map(({ address }) => ({
      address,
      amount: plan.purse + (isOperator.has(address) ? STAKE_POWER * POWER_UNITS : 0n),
    })),
    founders: base.validators.params ? nodes.map((node) => founderOf(node, base)) : [],
    beaconKeys: nodes.map(({ beaconSecret, validator }) =>
      beaconEntry(beaconSecret, fromHex(validator.address.toLowerCase())),
    ),
    vocabulary: vocabularyOf(rows),
    frequencies: classCounts(rows),
    ...(schedule && { schedule }),
    ...(election && { election }),
  });
}

/** How a validator of a new net founds the set: with a tenth of its delegators' rewards for itself. */
function founderOf({ operator, place, validator }: MadeNode, base: TypedGenesis): MsgCreateValidator {
  const key = new Uint8Array(Buffer.from(validator.pub_key.value, "base64"));
  const { base: denom } = unitOfGenesis(base);
  const moniker = place.config?.get("node.moniker");
  return {
    ...MsgCreateValidator.zero(),
    description: { ...Description.zero(), moniker: typeof moniker === "string" ? moniker : "validator" },
    commission: { rate: ATTO / 10n, maxRate: ATTO / 2n, maxChangeRate: ATTO / 100n },
    minSelfDelegation: 1n,
    validatorAddress: toOperator(operator),
    pubkey: { typeUrl: PubKey.typeUrl, value: PubKey.encode({ key }) },
    value: { denom, amount: STAKE_POWER * POWER_UNITS },
  };
}

/** Gives every node the same genesis, with all of them as validators of equal power. */
async function writeGenesis(nodes: readonly MadeNode[], appState: AppState): Promise<void> {
  const [first] = nodes;
  ensureCli(first, "a net has a node");
  const genesis = JSON.parse(await readFile(first.layout.genesis, "utf8")) as Record<string, Json>;
  // As their stake will have it.
  const validators = nodes.map(({ validator }) => ({ ...validator, power: `${STAKE_POWER}` }));
  const text = `${JSON.stringify({ ...genesis, validators, app_state: appState }, null, 2)}\n`;
  for (const { layout } of nodes) await writeFile(layout.genesis, text);
}
