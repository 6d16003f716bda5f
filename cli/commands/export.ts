import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import type { AppState } from "#chain/kernel/genesis.ts";
import { fromJson } from "#chain/proto/json.ts";
import { type HomeOption, homeCommand, layoutOf } from "#cli/context.ts";
import { ensureCli } from "#cli/errors.ts";
import { readSettings } from "#cli/home/layout.ts";
import { withState } from "#cli/node/state.ts";
import { say } from "#cli/output.ts";
import { newWaiting } from "#cli/waiting.ts";
import { GenesisState as Validators } from "#proto/gen/iterum/validators.ts";

/** Whether validators are chosen by stake: else those of the genesis file stay. */
const isStaked = ({ validators }: AppState): boolean =>
  validators !== undefined && fromJson(Validators, validators).params !== undefined;

async function exportState(options: HomeOption): Promise<void> {
  const layout = layoutOf(options);
  await readSettings(layout);
  const { height, timeMs, state } = await newWaiting(process.stderr).during("reading the state", (onStep) =>
    withState(layout, (app) => {
      const { height: last } = app.info();
      ensureCli(last > 0n, "the node has no block yet");
      return { height: last, timeMs: app.read((ctx) => ctx.timeMs), state: app.dump(onStep) };
    }),
  );
  const genesis = JSON.parse(await readFile(layout.genesis, "utf8")) as Record<string, unknown>;
  const next = {
    ...genesis,
    // The next chain's time goes on where this one's ended.
    genesis_time: new Date(Number(timeMs)).toISOString(),
    initial_height: String(height + 1n),
    // A set by stake is part of the state: the app tells it to consensus.
    ...(isStaked(state) && { validators: [] }),
    app_state: state,
  };
  say(JSON.stringify(next, null, 2));
}

/** `iterum export`: the state of a stopped node as the genesis of a chain that goes on from it. */
export const exportCommand = (): Command =>
  homeCommand("export", "print the whole state of a stopped node as a genesis file").action(exportState);
