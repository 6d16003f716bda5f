import { type Command, Option } from "commander";
import type { InvariantCheck } from "#chain/app/types.ts";
import type { StorageOptions } from "#chain/node/host.ts";
import { type HomeOption, homeCommand, layoutOf, wholeNumber } from "#cli/context.ts";
import { readSettings } from "#cli/home/layout.ts";
import { runAppProcess } from "#cli/node/app-process.ts";

/** How the app's process checks itself. */
export interface AppOptions extends HomeOption, StorageOptions {
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

/** The command with the options of what a node keeps of the past; see `StorageOptions`. */
export const withStorage = (command: Command): Command =>
  command
    .addOption(
      new Option("--keep-recent <number>", "versions of the state that queries reach back")
        .argParser(wholeNumber(2, 1_000_000))
        .default(100),
    )
    .addOption(
      new Option("--keep-every <number>", "keep every so many-th version for good (0: none)")
        .argParser(wholeNumber(0, 100_000_000))
        .default(0),
    )
    .addOption(
      new Option("--snapshot-every <number>", "blocks between snapshots for nodes that join (0: none)")
        .argParser(wholeNumber(0, 100_000_000))
        .default(0),
    );

/** The storage options of a command line. */
export const storageOf = ({ keepRecent, keepEvery, snapshotEvery }: StorageOptions): StorageOptions => ({
  keepRecent,
  keepEvery,
  snapshotEvery,
});

/** `iterum app`: the application alone, for those who supervise CometBFT themselves. */
export const appCommand = (): Command =>
  withStorage(homeCommand("app", "run the application alone, without CometBFT"))
    .addOption(invariantsOption())
    .addOption(proofThreadsOption())
    .action(async (options: AppOptions) => {
      const layout = layoutOf(options);
      await readSettings(layout);
      await runAppProcess({ layout, ...options, storage: storageOf(options) });
    });
