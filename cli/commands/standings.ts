import { type Command, Option } from "commander";
import {
  type ChainOptions,
  chainCommand,
  gameOf,
  gameOption,
  layoutOf,
  wholeNumber,
  withClient,
} from "#cli/context.ts";
import { ensureCli } from "#cli/errors.ts";
import { addressOf } from "#cli/home/keys.ts";
import { say, sayJson } from "#cli/output.ts";
import { type LoadedStandings, loadStandings } from "#cli/standings/load.ts";
import { standingsText, standingText } from "#cli/views/standings.ts";
import { newWaiting } from "#cli/waiting.ts";
import type { Standing } from "#client/standings/board.ts";
import { unitOf } from "./tx.ts";

interface StandingsOptions extends ChainOptions {
  readonly game?: string;
  readonly last?: number;
  readonly model?: string;
  readonly operator?: string;
  readonly json?: true;
}

/** The only model whose id begins so; throws a CliError where there is none, or more than one. */
export function modelStanding({ models }: LoadedStandings, id: string): Standing {
  const [found, ...others] = models.filter(({ modelId }) => modelId.startsWith(id.toLowerCase()));
  ensureCli(found, `no model ${id.slice(0, 64)} has played in these rounds`);
  ensureCli(others.length === 0, `${others.length + 1} models have ids that begin with ${id.slice(0, 64)}`);
  return found;
}

async function chosen(loaded: LoadedStandings, options: StandingsOptions): Promise<Standing | undefined> {
  if (options.model !== undefined) return modelStanding(loaded, options.model);
  if (options.operator === undefined) return undefined;
  const address = await addressOf(layoutOf(options).keys, options.operator);
  const found = loaded.operators.find(({ operator }) => operator === address);
  ensureCli(found, `${address} has not played in these rounds`);
  return found;
}

const standings = (options: StandingsOptions): Promise<void> =>
  withClient(options, async (client) => {
    const gameId = await gameOf(client, options.game);
    const { last } = options;
    const loaded = await newWaiting(process.stderr).during(`reading the rounds of ${gameId}`, (onStep) =>
      loadStandings(client, gameId, {
        ...(last !== undefined && { last }),
        onRound: (roundId) => onStep(`round ${roundId}`),
      }),
    );
    const one = await chosen(loaded, options);
    if (options.json) {
      sayJson(one ?? loaded);
      return;
    }
    const unit = await unitOf(client);
    say(one ? standingText(one, loaded, unit) : standingsText(loaded, unit));
  });

/** `iterum standings`: how good and how lucky models and operators have been, from what anybody can ask. */
export const standingsCommand = (): Command =>
  chainCommand("standings", "profit, scores, calibration and copies of models, computed from public rounds")
    .addOption(gameOption())
    .option(
      "--last <rounds>",
      "look at the last so many ended rounds (default: all)",
      wholeNumber(1, 999_999_999),
    )
    .option("--model <id>", "one model in detail: its id, or what only its id begins with")
    .addOption(
      new Option(
        "--operator <who>",
        "one operator in detail: address, or name of a key of the home",
      ).conflicts("model"),
    )
    .option("--json", "print every number as JSON")
    .addHelpText("after", "\nEvery measure is defined in docs/standings.md.")
    .action(standings);
