import { type Command, Option } from "commander";
import type { InvariantCheck } from "#chain/app/types.ts";
import { type HomeOption, homeCommand, layoutOf, wholeNumber } from "#cli/context.ts";
import { readSettings } from "#cli/home/layout.ts";
import { runAppProcess } from "#cli/node/app-process.ts";

/** How the app's process checks itself. */
export interface AppOptions extends HomeOption {
  readonly invariants: InvariantCheck;
  readonly proofThreads: number;
}

/** `--invariants`. */
export const invariantsOption = (): Option =>
  new Option("--invariants <which>", "invariants that stop the node when one is broken")
    .choices(["none", "cheap", "full"])
    .default("cheap");

/** `--proof-threads`. */
export const proofThreadsOption = (): Option =>
  new Option("--proof-threads <number>", "threads that judge proofs, 90 MB each")
    .argParser(wholeNumber(1, 64))
    .default(2);

/** `iterum app`: the application alone, for those who supervise CometBFT themselves. */
export const appCommand = (): Command =>
  homeCommand("app", "run the application alone, without CometBFT")
    .addOption(invariantsOption())
    .addOption(proofThreadsOption())
    .action(async (options: AppOptions) => {
      const layout = layoutOf(options);
      await readSettings(layout);
      await runAppProcess({ layout, ...options });
    });
