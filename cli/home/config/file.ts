import { parse, TomlError } from "smol-toml";
import { CliError, exitCodes } from "#cli/errors.ts";
import type { Raw } from "./kinds.ts";
import { type Config, type Place, places, schema } from "./schema.ts";

/** Values that differ from the defaults, by path. */
export type Overrides = ReadonlyMap<string, Raw>;

/** What is wrong with a configuration, one line for each mistake: file, line, setting, what is allowed. */
export class ConfigError extends CliError {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join("\n  "), { exitCode: exitCodes.configuration });
    this.problems = problems;
  }
}

/** The line of each section and setting, from 1 on, in a file that has them one a line. */
function linesOf(toml: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  let section = "";
  for (const [index, line] of toml.split("\n").entries()) {
    section = /^\s*\[\s*([\w.-]+)\s*\]/.exec(line)?.[1] ?? section;
    const key = /^\s*([\w.-]+)\s*=/.exec(line)?.[1];
    const path = key === undefined ? section : section === "" ? key : `${section}.${key}`;
    if (!found.has(path)) found.set(path, index + 1);
  }
  return found;
}

function parsed(file: string, toml: string): Record<string, unknown> {
  try {
    return parse(toml);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [what] = error.message.replace(/^Invalid TOML document: /, "").split("\n");
    throw new ConfigError([`${file}:${error.line}: this is not TOML: ${what}`]);
  }
}

const shown = (value: unknown): string => JSON.stringify(value) ?? String(value);

/** What a setting is told that it may not be. */
const refusal = ({ path, setting }: Place, value: unknown): string =>
  `${path}: ${shown(value)} is not ${setting.allowed}`;

/** What a setting is told that does not exist. */
function unknownSetting(path: string): string {
  const [part] = path.split(".");
  const near = places.filter(({ section }) => section === part).map((place) => place.path);
  const known = near.length > 0 ? near : Object.keys(schema);
  return `${path}: there is no such setting; there are ${known.join(", ")}`;
}

/** The values of a file's text. Throws ConfigError with every mistake and its line. */
export function readToml(file: string, toml: string): Overrides {
  const lines = linesOf(toml);
  const problems: string[] = [];
  const at = (path: string): string => {
    const line = lines.get(path);
    return line === undefined ? file : `${file}:${line}`;
  };
  const values = new Map<string, Raw>();
  for (const [part, table] of Object.entries(parsed(file, toml))) {
    if (!(part in schema) || typeof table !== "object" || table === null || Array.isArray(table)) {
      problems.push(`${at(part)}: ${unknownSetting(part)}`);
      continue;
    }
    for (const [key, value] of Object.entries(table)) {
      const path = `${part}.${key}`;
      const place = places.find((each) => each.path === path);
      const taken = place?.setting.take(value);
      if (place === undefined) problems.push(`${at(path)}: ${unknownSetting(path)}`);
      else if (taken === undefined) problems.push(`${at(path)}: ${refusal(place, value)}`);
      else values.set(path, taken);
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return values;
}

/** Reads `section.key=value` of a command line. Throws ConfigError. */
export function readSetting(given: string): readonly [path: string, value: Raw] {
  const at = given.indexOf("=");
  if (at < 0) throw new ConfigError([`${given}: a setting is given as section.key=value`]);
  const path = given.slice(0, at).trim();
  const place = places.find((each) => each.path === path);
  if (place === undefined) throw new ConfigError([unknownSetting(path)]);
  const text = given.slice(at + 1).trim();
  const value = place.setting.take(place.setting.fromText(text));
  if (value === undefined) throw new ConfigError([refusal(place, text)]);
  return [path, value];
}

/** Checks values of other origin than a file or a command line. Throws ConfigError with all mistakes. */
export function checkValues(values: Overrides): void {
  const problems = places
    .filter(({ path, setting }) => values.has(path) && setting.take(values.get(path)) === undefined)
    .map((place) => refusal(place, values.get(place.path)));
  if (problems.length > 0) throw new ConfigError(problems);
}

/** The whole configuration with these values and the defaults of all others. */
export function configOf(values: Overrides): Config {
  const config: Record<string, Record<string, Raw>> = {};
  for (const { section, name, path, setting } of places) {
    const part = config[section] ?? {};
    part[name] = values.get(path) ?? setting.initial;
    config[section] = part;
  }
  return config as unknown as Config;
}

/** The file with these values: every setting with what it does, its unit, its range and its default. */
export function writeToml(values: Overrides): string {
  const out = [
    "# Configuration of an iterum node. `iterum config check` looks for mistakes, `iterum config set`",
    "# changes a value; a change counts from the next `iterum start` on.",
  ];
  let part = "";
  for (const { section, path, setting } of places) {
    if (section !== part) out.push("", `# ${schema[section as keyof typeof schema].about}`, `[${section}]`);
    part = section;
    const key = path.slice(section.length + 1);
    out.push("", `# ${setting.about}`, `# ${setting.allowed}; default ${shown(setting.initial)}`);
    out.push(`${key} = ${shown(values.get(path) ?? setting.initial)}`);
  }
  return `${out.join("\n")}\n`;
}
