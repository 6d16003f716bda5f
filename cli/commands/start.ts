import type { Command } from "commander";
import { homeCommand, layoutOf } from "#cli/context.ts";
import { readSettings } from "#cli/home/layout.ts";
import { haltedError, startNode } from "#cli/node/supervise.ts";
import { note, say } from "#cli/output.ts";
import { fired, stopSignal } from "#cli/signals.ts";
import { type AppOptions, invariantsOption, proofThreadsOption, storageOf, withStorage } from "./app.ts";

async function start(options: AppOptions): Promise<void> {
  const layout = layoutOf(options);
  const { chainId } = await readSettings(layout);
  const stop = stopSignal();
  const node = await startNode({
    ...{ layout, invariants: options.invariants, proofThreads: options.proofThreads },
    storage: storageOf(options),
    onVerified: ({ valid, verifyMs }) => note(`proof ${valid ? "verified" : "REFUSED"} in ${verifyMs} ms`),
    onRestart: (why) => note(`${why}: starting both again`),
    signal: stop,
  });
  say(`chain ${chainId}, RPC ${node.rpcUrl}`);
  say(`logs: ${layout.appLog}, ${layout.cometLog}`);
  void fired(stop).then(() => note("stopping"));
  try {
    await node.ended;
  } catch (error) {
    throw haltedError(error);
  }
}

/** `iterum start`: the node of a home, until Ctrl-C. */
export const startCommand = (): Command =>
  withStorage(
    homeCommand("start", "run the node of a home: the app and CometBFT, restarted together when one dies"),
  )
    .addOption(invariantsOption())
    .addOption(proofThreadsOption())
    .action(start);
