import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { Command, InvalidArgumentError, Option } from "commander";
import type { Json } from "#chain/proto/json.ts";
import { toOperator } from "#chain/protocol/operator.ts";
import { portNumber, wholeNumber } from "#cli/context.ts";
import { ensureCli } from "#cli/errors.ts";
import { textOf } from "#cli/files.ts";
import { type ChainForkChoices, checkChoices, ensureChoice } from "#cli/fork/choices.ts";
import { type ChainFork, forkChain } from "#cli/fork/fork-chain.ts";
import { type ForkHome, type ForkPlace, firstGameOf, makeForkHome, settleForkHome } from "#cli/fork/home.ts";
import { type Document, readSource } from "#cli/fork/source.ts";
import { statesOf } from "#cli/fork/states.ts";
import { beginWith } from "#cli/genesis/exported.ts";
import { say } from "#cli/output.ts";
import { tableOf } from "#cli/table.ts";
import { newWaiting } from "#cli/waiting.ts";
import { PubKey } from "#proto/gen/cosmos/crypto/ed25519.ts";
import { Description, MsgCreateValidator } from "#proto/gen/cosmos/staking.ts";
import { BeaconKey } from "#proto/gen/iterum/elections.ts";

interface ForkChainOptions {
  readonly fromHome?: string;
  readonly fromExport?: string;
  readonly chainId: string;
  readonly games?: readonly string[];
  readonly rename?: ReadonlyMap<string, string>;
  readonly members?: readonly string[];
  readonly dropMembers?: readonly string[];
  readonly addMembers?: readonly string[];
  readonly membersFile?: string;
  readonly treasury?: ReadonlyMap<string, bigint>;
  readonly dropModels?: true;
  readonly dropTemplates?: readonly string[];
  readonly council?: string;
  readonly init?: string;
  readonly operator?: string;
  readonly stake?: bigint;
  readonly rpcPort: number;
  readonly p2pPort: number;
  readonly blockMs: number;
}

/** One, in units of 10⁻¹⁸. */
const ATTO = 10n ** 18n;
/** Base units of a unit of power. */
const POWER_UNITS = 1_000_000n;

/** Reads "a,b". */
const listOf = (text: string): readonly string[] =>
  text
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");

/** Reads "a=x,b=y". */
function pairsOf(text: string): ReadonlyMap<string, string> {
  const pairs = listOf(text).map((each) => each.split("="));
  if (pairs.some((pair) => pair.length !== 2 || pair.includes("")))
    throw new InvalidArgumentError("pairs, such as spam=ham,mood=joy.");
  return new Map(pairs as [string, string][]);
}

function baseUnits(text: string): bigint {
  if (!/^[0-9]{1,38}$/.test(text)) throw new InvalidArgumentError("a whole number of base units.");
  return BigInt(text);
}

const amountsOf = (text: string): ReadonlyMap<string, bigint> =>
  new Map([...pairsOf(text)].map(([gameId, amount]) => [gameId, baseUnits(amount)]));

/** Addresses of a file, one a line. */
const addressesIn = async (file: string): Promise<readonly string[]> =>
  (await textOf(file)).split(/\s+/).filter((each) => each !== "");

/** The validator of a new home as it founds the set, with the operator's own stake. */
function founderOf(
  { validator }: ForkHome,
  { operator, stake }: ForkChainOptions,
  denom: string,
): readonly MsgCreateValidator[] {
  if (operator === undefined || stake === undefined) {
    ensureChoice(operator === stake, "--stake", "name --operator and --stake, or neither");
    return [];
  }
  const key = new Uint8Array(Buffer.from(validator.pub_key.value, "base64"));
  const founder = {
    ...MsgCreateValidator.zero(),
    description: { ...Description.zero(), moniker: validator.name || "validator" },
    commission: { rate: ATTO / 10n, maxRate: ATTO / 2n, maxChangeRate: ATTO / 100n },
    minSelfDelegation: 1n,
    validatorAddress: toOperator(operator),
    pubkey: { typeUrl: PubKey.typeUrl, value: PubKey.encode({ key }) },
    value: { denom, amount: stake },
  };
  return [founder];
}

const counted = (count: number): string => (count > 0 ? String(count) : "");

function tell({ report, supply }: ChainFork): void {
  const rows = report.map(({ what, kept, dropped, paid, note }) => [
    what,
    counted(kept),
    counted(dropped),
    [...paid].map(([denom, amount]) => `${amount} ${denom}`).join("\n"),
    note,
  ]);
  const columns = [
    { head: "what" },
    { head: "kept", right: true },
    { head: "dropped", right: true },
    { head: "given back", right: true },
    { head: "note" },
  ];
  say(tableOf(columns, rows));
  for (const { denom, before, after } of supply)
    say(`supply: ${before === after ? `${after} ${denom}, as before` : `${before} → ${after} ${denom}`}`);
}

/** The genesis file of a fork: the old chain's parameters of consensus, and the new one's everything else. */
function documentOf(
  document: Document,
  { exported }: ChainFork,
  home: ForkHome | undefined,
  stake?: bigint,
): Json {
  const power = stake === undefined ? home?.validator.power : `${stake / POWER_UNITS}`;
  const validators = home && power !== undefined ? [{ ...home.validator, power }] : [];
  return {
    ...document,
    chain_id: exported.chainId,
    genesis_time: new Date(Number(exported.timeMs)).toISOString(),
    initial_height: String(exported.initialHeight),
    validators,
    app_hash: "",
    app_state: exported.appState,
  } as unknown as Json;
}

function choicesOf(options: ForkChainOptions, members: readonly string[] | undefined): ChainForkChoices {
  const { chainId, games, rename, dropMembers, addMembers, treasury, dropModels, dropTemplates } = options;
  const { council } = options;
  return {
    chainId,
    beaconKeys: [],
    ...(games && { games }),
    ...(rename && { rename }),
    ...(members && { members }),
    ...(dropMembers && { dropMembers }),
    ...(addMembers && { addMembers }),
    ...(treasury && { treasury }),
    ...(dropModels && { dropModels }),
    ...(dropTemplates && { dropTemplates }),
    ...(council !== undefined && { council }),
  };
}

async function fork(out: string, options: ForkChainOptions): Promise<void> {
  ensureCli(!existsSync(out), `there is something at ${out} already`);
  const { init, chainId, rpcPort, p2pPort, blockMs, membersFile, stake } = options;
  const listed = membersFile === undefined ? undefined : await addressesIn(membersFile);
  const choices = choicesOf(options, options.members ?? listed);
  const place: ForkPlace | undefined =
    init === undefined ? undefined : { home: init, chainId, rpcPort, p2pPort, blockMs };
  const isAlone = options.operator === undefined && stake === undefined;
  ensureChoice(place || isAlone, "--stake", "the stake is that of the node that --init makes");
  const made = await newWaiting(process.stderr).during("fork", async (onStep) => {
    onStep("reading the chain");
    const { document, ...source } = await readSource(options);
    const states = statesOf(source.paid);
    // Choices are judged before a home is made.
    checkChoices(states, source.exported.chainId, {
      ...choices,
      beaconKeys: place ? [BeaconKey.zero()] : [],
    });
    const home = place && (await makeForkHome(place));
    const founders = home ? founderOf(home, options, states.validators.params?.bondDenom ?? "") : [];
    onStep("ending what is under way");
    const result = forkChain(source, { ...choices, founders, beaconKeys: home ? [home.beaconKey] : [] });
    onStep("beginning a chain with it");
    await beginWith(result.exported);
    const genesis = documentOf(document, result, home, stake);
    await writeFile(out, `${JSON.stringify(genesis, null, 2)}\n`, { flag: "wx" });
    if (home && place) await settleForkHome(home, place, genesis, firstGameOf(result.exported));
    return result;
  });
  tell(made);
  say(`${out} is the genesis of ${chainId}; a chain has begun with it in memory, and accepts it`);
  say(init === undefined ? "its validators are still to be added" : `next: iterum start --home ${init}`);
}

const option = (flags: string, text: string, parser?: (value: string) => unknown): Option =>
  parser ? new Option(flags, text).argParser(parser) : new Option(flags, text);

/** `iterum fork chain`: a new community's chain out of the state of one that runs. */
export const forkChainCommand = (): Command =>
  new Command("chain")
    .description("make the genesis of a new chain out of the state of an old one")
    .argument("<file>", "where to write it")
    .option("--from-home <folder>", "home of a stopped node of the old chain")
    .option("--from-export <file>", "what `iterum export` wrote there")
    .requiredOption("--chain-id <id>", "name of the new chain")
    .addOption(option("--games <ids>", "games that are kept (default: all)", listOf))
    .addOption(option("--rename <pairs>", "new ids of games, such as spam=ham", pairsOf))
    .addOption(option("--members <addresses>", "members that stay (default: all)", listOf))
    .option("--members-file <file>", "the same in a file, an address a line")
    .addOption(option("--drop-members <addresses>", "members that go", listOf))
    .addOption(option("--add-members <addresses>", "members that come, with weight 1", listOf))
    .addOption(
      option(
        "--treasury <amounts>",
        "budgets in base units, such as spam=5000000 (default: as they are)",
        amountsOf,
      ),
    )
    .option("--drop-models", "forget registered models")
    .addOption(option("--drop-templates <names>", "templates that are no longer approved", listOf))
    .option("--council <game>", "whose community decides on what concerns no game (default: as it is)")
    .option("--init <folder>", "make the home of the one validator that the chain begins with")
    .option("--operator <address>", "account that runs it, where validators are elected by stake")
    .addOption(option("--stake <amount>", "base units that it stakes", baseUnits))
    .addOption(option("--rpc-port <port>", "port of its RPC", portNumber).default(26_657))
    .addOption(option("--p2p-port <port>", "port for peers", portNumber).default(26_656))
    .addOption(option("--block-ms <ms>", "pause after each block", wholeNumber(50, 60_000)).default(900))
    .action(fork);
