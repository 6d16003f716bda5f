import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Command } from "commander";
import { sha256 } from "#chain/bytes/hash.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import type { AppState } from "#chain/kernel/genesis.ts";
import { findCometBft } from "#chain/node/cometbft-binary.ts";
import { cometEnv, initHome } from "#chain/node/config.ts";
import { runProgram } from "#chain/node/process.ts";
import type { Json } from "#chain/proto/json.ts";
import { type HomeOption, homeCommand, keyOf, layoutOf } from "#cli/context.ts";
import { ensureCli } from "#cli/errors.ts";
import { jsonOf, textOf } from "#cli/files.ts";
import { appStateOf, readBase, typedGenesis, unitOfGenesis } from "#cli/genesis/base.ts";
import { beginWith, readExport } from "#cli/genesis/exported.ts";
import { cometValidator, type Gentx, gentxJson, readGentx, signGentx } from "#cli/genesis/gentx.ts";
import { beaconEntry, makeBeaconKey, readBeaconKey } from "#cli/home/beacon.ts";
import { homeConfig, homeValues, localUrl, writeConfig } from "#cli/home/config/home.ts";
import type { Raw } from "#cli/home/config/kinds.ts";
import type { HomeLayout, HomeSettings } from "#cli/home/layout.ts";
import { say } from "#cli/output.ts";
import { consensusKeyOf, packedKey } from "#cli/validator/consensus-key.ts";
import { descriptionOf, ratesOf, type TermsOptions, withLimits } from "#cli/validator/terms.ts";
import { validatorAddress } from "#client/staking.ts";
import { parseAmount } from "#client/units.ts";

interface GentxOptions extends TermsOptions {
  readonly chainId: string;
  readonly peer: string;
  readonly genesis?: string;
  readonly out?: string;
}

/** Makes the node of a party of a launch: keys of its own, and no chain yet. */
async function makeNode(layout: HomeLayout, chainId: string, moniker: string): Promise<void> {
  if (!existsSync(layout.comet)) {
    const ports = { rpcPort: 26_657, p2pPort: 26_656, timeoutCommitMs: 900 };
    await initHome(findCometBft(), layout.home, { chainId, moniker, appState: {}, ...ports });
    await writeConfig(layout, new Map([["node.moniker", moniker]]));
  }
  if (!existsSync(layout.beaconKey)) await makeBeaconKey(layout.beaconKey);
}

async function gentx(amount: string, options: GentxOptions): Promise<void> {
  const { chainId, moniker = "", peer } = options;
  const unit = unitOfGenesis(await readBase(options.genesis));
  const layout = layoutOf(options);
  const key = await keyOf(options, options.from);
  await makeNode(layout, chainId, moniker);
  const consensusKey = await consensusKeyOf(layout);
  const message = {
    description: descriptionOf(options, ""),
    commission: ratesOf(options),
    minSelfDelegation: parseAmount(options.minSelf ?? "1", unit),
    delegatorAddress: "",
    validatorAddress: validatorAddress(key.address),
    pubkey: packedKey(consensusKey),
    value: { denom: unit.base, amount: parseAmount(amount, unit) },
  };
  const transaction = await signGentx(key, chainId, message);
  const id = await runProgram(findCometBft(), ["show-node-id", "--home", layout.comet], cometEnv());
  const part = {
    ...{ chainId, operator: key.address, transaction, consensusKey },
    beaconKey: beaconEntry(await readBeaconKey(layout.beaconKey), new Uint8Array(20)),
    peer: peer === "" ? "" : `${id.trim()}@${peer}`,
  };
  const file = resolve(options.out ?? `gentx-${key.address}.json`);
  await writeFile(file, `${JSON.stringify(gentxJson(part), null, 2)}\n`);
  say(`${file}: ${moniker} founds ${chainId} with ${amount}`);
  say("hand it to whoever collects the genesis; keep the home, whose keys it names");
}

/** Puts the founders' parts into the state of a genesis; accounts that have nothing begin with the fund. */
function withFounders(state: AppState, file: string, parts: readonly Gentx[], fund?: string): AppState {
  const typed = typedGenesis(state, file);
  ensureCli(typed.validators.params, `${file}: its set of validators is agreed, not staked`);
  const unit = unitOfGenesis(typed);
  const held = new Set(typed.bank.balances.map(({ address }) => address));
  const poor = parts.filter(({ operator }) => !held.has(operator));
  ensureCli(
    poor.length === 0 || fund,
    `${poor[0]?.operator} has no coins in ${file}: give it some by --fund`,
  );
  const funded = poor.map(({ operator: address }) => ({
    address,
    denom: unit.base,
    amount: parseAmount(fund ?? "0", unit),
  }));
  const transactions = parts.map(({ transaction }) => transaction);
  return appStateOf({
    ...typed,
    bank: { ...typed.bank, balances: [...typed.bank.balances, ...funded] },
    validators: { ...typed.validators, founders: { messages: [], transactions } },
    elections: { ...typed.elections, beaconKeys: parts.map(({ beaconKey }) => beaconKey) },
  });
}

interface CollectOptions extends HomeOption {
  readonly genesis?: string;
  readonly out?: string;
  readonly fund?: string;
}

const hashOf = (text: string): string => toHex(sha256(utf8(text)));

async function collect(files: readonly string[], options: CollectOptions): Promise<void> {
  const layout = layoutOf(options);
  const from = resolve(options.genesis ?? layout.genesis);
  const parts: Gentx[] = [];
  for (const file of files) parts.push(await readGentx(file));
  const { chainId, timeMs, initialHeight, appState } = await readExport(from);
  for (const [i, part] of parts.entries())
    ensureCli(part.chainId === chainId, `${files[i]} is for ${part.chainId}, not for ${chainId}`);
  const state = withFounders(appState, from, parts, options.fund);
  await beginWith({ chainId, timeMs, initialHeight, appState: state });
  const genesis = (await jsonOf(from)) as Readonly<Record<string, Json>>;
  const launched = { ...genesis, validators: parts.map(cometValidator), app_state: state };
  const text = `${JSON.stringify(launched, null, 2)}\n`;
  const to = resolve(options.out ?? layout.genesis);
  ensureCli(
    !existsSync(join(layout.comet, "data/blockstore.db")) || to !== layout.genesis,
    `${to} is in use`,
  );
  await writeFile(to, text);
  say(`${to}: ${parts.length} founders, SHA-256 ${hashOf(text)}`);
  const peers = parts.flatMap(({ peer }) => (peer === "" ? [] : [peer]));
  if (peers.length > 0) say(`peers: ${peers.join(",")}`);
}

interface TakeOptions extends HomeOption {
  readonly peers?: string;
}

async function take(file: string, options: TakeOptions): Promise<void> {
  const layout = layoutOf(options);
  const key = Buffer.from(await consensusKeyOf(layout)).toString("base64");
  const { chainId, timeMs, initialHeight, appState } = await readExport(file);
  await beginWith({ chainId, timeMs, initialHeight, appState });
  const text = await textOf(file);
  const { validators = [] } = JSON.parse(text) as { validators?: { pub_key: { value: string } }[] };
  const isFounder = validators.some(({ pub_key: { value } }) => value === key);
  ensureCli(!existsSync(join(layout.comet, "data/blockstore.db")), `the node of ${layout.home} has a chain`);
  await writeFile(layout.genesis, text);
  await writeSettings(layout, chainId, appState);
  if (options.peers !== undefined) {
    const peers: Raw = options.peers.split(",");
    await writeConfig(layout, new Map([...(await homeValues(layout)), ["p2p.persistent_peers", peers]]));
  }
  say(`${layout.genesis}: ${chainId}, SHA-256 ${hashOf(text)}: compare it with the other founders'`);
  say(isFounder ? "this node is one of its validators" : "this node is none of its validators");
}

/** What commands of the home need to know of its chain. */
async function writeSettings(layout: HomeLayout, chainId: string, state: AppState): Promise<void> {
  const gameId = typedGenesis(state, layout.genesis).rounds.games[0]?.gameId ?? "";
  const { rpc } = await homeConfig(layout);
  const settings: HomeSettings = { chainId, gameId, classes: [], rpc: localUrl(rpc.listen) };
  await writeFile(layout.settings, `${JSON.stringify(settings, null, 2)}\n`);
}

/** `iterum genesis`: the launch of a chain by several parties. */
export const genesisCommand = (): Command =>
  new Command("genesis")
    .description("launch a chain with validators of several parties")
    .addCommand(
      withLimits(
        homeCommand("gentx", "sign your validator's part of a genesis, with a node's keys made for it"),
      )
        .argument("<amount>", "stake of your own, for example 1000")
        .requiredOption("--from <name>", "key of the home that runs the validator")
        .requiredOption("--chain-id <id>", "name of the chain to be")
        .option("--genesis <file>", "game whose coin is staked (default: the project's genesis.json)")
        .option("--peer <host:port>", "where the others' nodes reach yours", "")
        .option("--out <file>", "file to write (default: gentx-<address>.json)")
        .action(gentx),
    )
    .addCommand(
      homeCommand("collect", "put the founders' parts into a genesis, which is begun once to try it")
        .argument("<files...>", "files that `iterum genesis gentx` has written")
        .option("--genesis <file>", "genesis to put them into (default: the home's)")
        .option("--fund <amount>", "coins of founders whose accounts have none in it")
        .option("--out <file>", "file to write (default: the home's genesis)")
        .action(collect),
    )
    .addCommand(
      homeCommand("take", "take a collected genesis into the home of a founder's node")
        .argument("<file>", "genesis that everybody has")
        .option("--peers <list>", "nodes of the others, as `collect` prints them")
        .action(take),
    );
