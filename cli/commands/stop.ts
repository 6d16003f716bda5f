import { setTimeout as sleep } from "node:timers/promises";
import { type Command, Option } from "commander";
import { holderOf } from "#chain/node/pid.ts";
import { type HomeOption, homeCommand, layoutOf, wholeNumber } from "#cli/context.ts";
import { CliError, ensureCli } from "#cli/errors.ts";
import { say } from "#cli/output.ts";

interface StopOptions extends HomeOption {
  readonly timeout: number;
}

const POLL_MS = 100;

async function stop(options: StopOptions): Promise<void> {
  const layout = layoutOf(options);
  const pid = await holderOf(layout.nodePid);
  ensureCli(pid !== undefined, `no node of ${layout.home} is running`);
  process.kill(pid, "SIGTERM");
  const endsMs = performance.now() + options.timeout * 1000;
  while ((await holderOf(layout.nodePid)) === pid) {
    if (performance.now() > endsMs)
      throw new CliError(`process ${pid} has not ended in ${options.timeout} s; it may still be stopping`);
    await sleep(POLL_MS);
  }
  say(`the node has stopped (process ${pid})`);
}

/** `iterum stop`: ends the node of a home in order. */
export const stopCommand = (): Command =>
  homeCommand("stop", "stop the node of a home, and wait until it has ended")
    .addOption(
      new Option("--timeout <seconds>", "how long to wait for its end")
        .argParser(wholeNumber(1, 3_600))
        .default(60),
    )
    .action(stop);
