import { existsSync } from "node:fs";
import { Command, InvalidArgumentError, Option } from "commander";
import { connect, type IterumClient } from "#client/connect.ts";
import { ClientError } from "#client/errors.ts";
import { CliError, ensureCli } from "./errors.ts";
import { homeConfig, localUrl } from "./home/config/home.ts";
import { type Key, openKey } from "./home/keys.ts";
import { defaultHome, type HomeLayout, homeLayout, readSettings } from "./home/layout.ts";
import { askPassword } from "./prompt.ts";

/** Where a node's RPC listens unless told otherwise. */
const DEFAULT_RPC = "http://127.0.0.1:26657";
/** Base units up to which a fee is raised where the mempool is crowded: some hundred times the least. */
const FEE_MAX = 100_000n;

/** Options of commands that use a home. */
export interface HomeOption {
  readonly home?: string;
}

/** Options of commands that speak to a chain. */
export interface ChainOptions extends HomeOption {
  readonly node?: string;
}

/** `--home FOLDER`. */
const homeOption = (): Option =>
  new Option("--home <folder>", "home of node, keys and agents (default: $ITERUM_HOME or ~/.iterum)");

/** `--node URL`. */
const nodeOption = (): Option =>
  new Option("--node <url>", "RPC of a node (default: $ITERUM_NODE, else that of the home's node)");

/** `--game ID`. */
export const gameOption = (): Option =>
  new Option("--game <id>", "game to play (default: the only one of the chain)");

/** A command with a description and the options of a home. */
export const homeCommand = (name: string, description: string): Command =>
  new Command(name).description(description).addOption(homeOption());

/** A command that speaks to a chain. */
export const chainCommand = (name: string, description: string): Command =>
  homeCommand(name, description).addOption(nodeOption());

/** The layout of the home that the options name. */
export const layoutOf = ({ home }: HomeOption): HomeLayout => homeLayout(home ?? defaultHome());

/** The RPC that the options name: given, from the environment, of the home, or the usual port. */
export async function rpcOf(options: ChainOptions): Promise<string> {
  const given = options.node ?? process.env["ITERUM_NODE"];
  if (given) return given;
  const layout = layoutOf(options);
  if (existsSync(layout.config)) return localUrl((await homeConfig(layout)).rpc.listen);
  return existsSync(layout.settings) ? (await readSettings(layout)).rpc : DEFAULT_RPC;
}

/** A client of the node that the options name, signing with the key when one is given. Throws CliError. */
export async function clientOf(options: ChainOptions, key?: Key): Promise<IterumClient> {
  const rpc = await rpcOf(options);
  try {
    return await connect(key ? { rpc, signer: key.signer, feeMax: FEE_MAX } : { rpc });
  } catch (cause) {
    if (!(cause instanceof ClientError) || cause.kind !== "unreachable") throw cause;
    throw new CliError(`no node answers at ${rpc}`, { cause });
  }
}

/** Runs work with a client and closes it afterwards. */
export async function withClient<T>(
  options: ChainOptions,
  work: (client: IterumClient) => Promise<T>,
  key?: Key,
): Promise<T> {
  const client = await clientOf(options, key);
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

/** The key of that name in the home, unlocked; asks for its password where it has one. */
export const keyOf = (options: HomeOption, name: string): Promise<Key> =>
  openKey(layoutOf(options).keys, name, askPassword);

/** The game that the options name, or the only one. Throws CliError where there are several. */
export async function gameOf(client: IterumClient, game: string | undefined): Promise<string> {
  if (game !== undefined) return game;
  const games = await client.rounds.games();
  const [only, ...others] = games.map(({ gameId }) => gameId);
  ensureCli(only !== undefined && others.length === 0, `--game is one of: ${[only, ...others].join(", ")}`);
  return only;
}

/** Reads a whole number of an option or argument within bounds. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = /^[0-9]{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most))
      throw new InvalidArgumentError(`a whole number from ${least} to ${most}.`);
    return value;
  };

/** A TCP port; 0 stands for any free one. */
export const portNumber = wholeNumber(0, 65_535);
