import type { Command } from "commander";
import { type HomeOption, homeCommand, layoutOf } from "#cli/context.ts";
import { homeConfig } from "#cli/home/config/home.ts";
import { readSettings } from "#cli/home/layout.ts";
import { runAppProcess } from "#cli/node/app-process.ts";
import { type ConfigFlags, overridesOf, withConfigFlags } from "#cli/node/flags.ts";

async function app(options: HomeOption & ConfigFlags): Promise<void> {
  const layout = layoutOf(options);
  await readSettings(layout);
  await runAppProcess({ layout, config: await homeConfig(layout, overridesOf(options)) });
}

/** `iterum app`: the application alone, for those who supervise CometBFT themselves. */
export const appCommand = (): Command =>
  withConfigFlags(homeCommand("app", "run the application alone, without CometBFT")).action(app);
