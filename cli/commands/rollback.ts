import type { Command } from "commander";
import { toHex } from "#chain/bytes/hex.ts";
import { findCometBft } from "#chain/node/cometbft-binary.ts";
import { cometEnv } from "#chain/node/config.ts";
import { runProgram } from "#chain/node/process.ts";
import { StoreError } from "#chain/store/error.ts";
import { type HomeOption, homeCommand, layoutOf } from "#cli/context.ts";
import { CliError, ensureCli } from "#cli/errors.ts";
import type { HomeLayout } from "#cli/home/layout.ts";
import { whileStopped, withStore } from "#cli/node/stopped.ts";
import { say } from "#cli/output.ts";

interface RollbackOptions extends HomeOption {
  readonly hard?: boolean;
}

/** Takes the app back by one height; gives the one it is at then. */
const rollbackApp = (layout: HomeLayout): Promise<{ readonly height: bigint; readonly appHash: string }> =>
  withStore(layout, async (store) => {
    ensureCli(store.height > 1n, `the app is at height ${store.height}: nothing to go back to`);
    try {
      await store.rollback();
    } catch (cause) {
      if (!(cause instanceof StoreError) || cause.kind !== "undo") throw cause;
      throw new CliError("the app went back once already: it must run a block before it can again", {
        cause,
      });
    }
    return { height: store.height, appHash: toHex(store.appHash) };
  });

/** Takes CometBFT back by one height; gives the one its state is at then. */
async function rollbackComet({ comet }: HomeLayout, isHard: boolean): Promise<bigint> {
  const args = ["rollback", "--home", comet, ...(isHard ? ["--hard"] : [])];
  const said = await runProgram(findCometBft(), args, cometEnv());
  const height = /to height (\d+)/.exec(said)?.[1];
  ensureCli(height !== undefined, `CometBFT said: ${said.trim()}`);
  return BigInt(height);
}

async function rollback(options: RollbackOptions): Promise<void> {
  const layout = layoutOf(options);
  await whileStopped(layout, async () => {
    // The app first: CometBFT plays blocks again that the app lacks, but has no remedy for the reverse.
    const app = await rollbackApp(layout);
    const comet = await rollbackComet(layout, options.hard ?? false);
    say(`the app is at height ${app.height}, app hash ${app.appHash}`);
    say(`CometBFT is at height ${comet}: it ${options.hard ? "fetches" : "plays"} block ${comet + 1n} again`);
    ensureCli(comet >= app.height, `CometBFT went back further than the app: run \`iterum rollback\` again`);
  });
}

/** `iterum rollback`: takes a stopped node back by one height. */
export const rollbackCommand = (): Command =>
  homeCommand("rollback", "take a stopped node back by one height, the app and CometBFT together")
    .option("--hard", "drop the last block too, so that it is fetched from peers again")
    .action(rollback);
