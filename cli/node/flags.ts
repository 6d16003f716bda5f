import { type Command, InvalidArgumentError, Option } from "commander";
import { ConfigError, type Overrides, readSetting } from "#cli/home/config/file.ts";
import type { Raw } from "#cli/home/config/kinds.ts";
import { places } from "#cli/home/config/schema.ts";

/** Settings of the command line that count before those of the home's file. */
export interface ConfigFlags {
  /** Given as `--set section.key=value`. */
  readonly set?: Overrides;
  readonly invariants?: Raw;
  readonly proofThreads?: Raw;
  readonly keepRecent?: Raw;
  readonly keepEvery?: Raw;
  readonly snapshotEvery?: Raw;
  readonly logLevel?: Raw;
  readonly logFormat?: Raw;
}

type Short = Exclude<keyof ConfigFlags, "set">;

/** Settings with an option of their own, by the option's name. */
const shorts: Readonly<Record<Short, string>> = {
  invariants: "state.invariants",
  proofThreads: "threads.proofs",
  keepRecent: "state.keep_recent",
  keepEvery: "state.keep_every",
  snapshotEvery: "state.snapshot_every",
  logLevel: "log.level",
  logFormat: "log.format",
};

function parsed(given: string): readonly [string, Raw] {
  try {
    return readSetting(given);
  } catch (error) {
    if (error instanceof ConfigError) throw new InvalidArgumentError(error.message);
    throw error;
  }
}

const dashed = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The command with options for the settings of a home's configuration. */
export function withConfigFlags(command: Command): Command {
  command.addOption(
    new Option("--set <section.key=value>", "a setting that counts before the home's; may be repeated")
      .default(new Map(), "none")
      .argParser((given: string, before: Overrides) => new Map([...before, parsed(given)])),
  );
  for (const [name, path] of Object.entries(shorts)) {
    const setting = places.find((place) => place.path === path)?.setting;
    const about = `${setting?.about} (${path}: ${setting?.allowed})`;
    command.addOption(
      new Option(`--${dashed(name)} <value>`, about).argParser((given) => parsed(`${path}=${given}`)[1]),
    );
  }
  return command;
}

/** The settings that the command line gives. */
export function overridesOf({ set, ...flags }: ConfigFlags): Overrides {
  const found = new Map<string, Raw>(set);
  for (const [name, path] of Object.entries(shorts) as [Short, string][]) {
    const value = flags[name];
    if (value !== undefined) found.set(path, value);
  }
  return found;
}

/** The same settings as arguments of another `iterum`. */
export const argumentsOf = (overrides: Overrides): string[] =>
  [...overrides].flatMap(([path, value]) => [
    "--set",
    `${path}=${Array.isArray(value) ? value.join(",") : String(value)}`,
  ]);
