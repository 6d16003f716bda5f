import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { type HomePaths, homePaths } from "#chain/node/config.ts";
import { ensureCli } from "#cli/errors.ts";
import { jsonOf } from "#cli/files.ts";

/** Where everything of one home lies: node, keys, sidecars, rows. */
export interface HomeLayout extends HomePaths {
  readonly home: string;
  /** What `init` chose, in JSON. */
  readonly settings: string;
  /** How its node is configured, in TOML. */
  readonly config: string;
  /** Accounts, one file each; the validator's beacon key beside them. */
  readonly keys: string;
  readonly beaconKey: string;
  /** The prover's own folder: keys, models, tokens. */
  readonly prover: string;
  /** The data node's log. */
  readonly data: string;
  /** Secrets of agents, one folder each. */
  readonly agents: string;
  /** Labelled rows: the public ones, and those of each development member. */
  readonly rows: string;
}

/** What `init` chose, for the commands that come after it. */
export interface HomeSettings {
  readonly chainId: string;
  readonly gameId: string;
  /** RPC of the home's node. */
  readonly rpc: string;
  /** Names of the labels, in class order. */
  readonly classes: readonly string[];
}

/** The layout of a home folder. */
export function homeLayout(folder: string): HomeLayout {
  const home = resolve(folder);
  return {
    ...homePaths(home),
    home,
    settings: join(home, "iterum.json"),
    config: join(home, "iterum.toml"),
    keys: join(home, "keys"),
    beaconKey: join(home, "beacon.key"),
    prover: join(home, "prover"),
    data: join(home, "data"),
    agents: join(home, "agents"),
    rows: join(home, "rows"),
  };
}

/** The home that commands use unless told: `ITERUM_HOME`, else `.iterum` in the user's own folder. */
export const defaultHome = (): string => process.env["ITERUM_HOME"] || join(homedir(), ".iterum");

/** The settings of a home. Throws CliError where `init` has not been. */
export async function readSettings({ home, settings }: HomeLayout): Promise<HomeSettings> {
  ensureCli(existsSync(settings), `${home} is no home of a node: run \`iterum init --home ${home}\``);
  return (await jsonOf(settings)) as unknown as HomeSettings;
}

/** A file of one secret. Throws CliError when it is missing or others may read it. */
export async function readSecretFile(file: string): Promise<Uint8Array> {
  const found = await stat(file).catch(() => undefined);
  ensureCli(found, `there is no file ${file}`);
  ensureCli((found.mode & 0o077) === 0, `others may read ${file}: chmod 600 it`);
  return new Uint8Array(await readFile(file));
}
