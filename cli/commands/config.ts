import { Command } from "commander";
import { type HomeOption, homeCommand, layoutOf } from "#cli/context.ts";
import { ConfigError, configOf, readSetting, writeToml } from "#cli/home/config/file.ts";
import { checkConfig, fileValues, homeConfig, homeValues, writeConfig } from "#cli/home/config/home.ts";
import { places } from "#cli/home/config/schema.ts";
import { say, sayJson } from "#cli/output.ts";

interface ShowOptions extends HomeOption {
  readonly json?: boolean;
  readonly changed?: boolean;
}

async function show(options: ShowOptions): Promise<void> {
  const layout = layoutOf(options);
  if (options.json) return sayJson(await homeConfig(layout));
  const values = await homeValues(layout);
  if (!options.changed) return say(writeToml(values).trimEnd());
  for (const { path, setting } of places) {
    const value = JSON.stringify(values.get(path) ?? setting.initial);
    if (value !== JSON.stringify(setting.initial)) say(`${path} = ${value}`);
  }
}

async function check(options: HomeOption): Promise<void> {
  const layout = layoutOf(options);
  checkConfig(configOf(await fileValues(layout)));
  say(`${layout.config} is sound`);
}

async function set(given: readonly string[], options: HomeOption): Promise<void> {
  const layout = layoutOf(options);
  const before = await fileValues(layout);
  const changes = given.map(readSetting);
  if (new Set(changes.map(([path]) => path)).size < changes.length)
    throw new ConfigError(["one setting is given twice"]);
  await writeConfig(layout, new Map([...before, ...changes]));
  for (const [path, value] of changes) say(`${path} = ${JSON.stringify(value)}`);
}

/** `iterum config`: how the node of a home is configured. */
export const configCommand = (): Command =>
  new Command("config")
    .description("show, check and change how the node of a home is configured")
    .addCommand(
      homeCommand("show", "print the whole configuration with what each setting does")
        .option("--changed", "only what differs from the defaults")
        .option("--json", "as JSON")
        .action(show),
    )
    .addCommand(homeCommand("check", "look for mistakes; names file, line and setting").action(check))
    .addCommand(
      homeCommand("set", "change settings; comments that were added by hand are lost")
        .argument("<section.key=value...>", "lists with commas between their values")
        .action(set),
    );
