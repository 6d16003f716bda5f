import { Command } from "commander";
import { wholeNumber } from "#cli/context.ts";
import { type DemoOptions, itemsMost } from "#cli/demo/plan.ts";
import { runDemo } from "#cli/demo/run.ts";
import { stopSignal } from "#cli/signals.ts";

const about = `Starts one CometBFT validator with the app, a data node, a prover, a community of 12 members
and three operators of different skill, and lets them play whole rounds on real messages. Everything lies
in a temporary folder that is removed at the end; circuit templates are kept in .cache.`;

/** `iterum demo`: whole rounds on a real node, from one command. */
export const demoCommand = (): Command =>
  new Command("demo")
    .description("play whole rounds on this machine, of the default game or of another")
    .option("--rounds <number>", "rounds to play", wholeNumber(1, 30), 4)
    .option(
      "--items <number>",
      "hidden items of a round, at least, of the default game",
      wholeNumber(12, itemsMost),
      60,
    )
    .option("--seed <text>", "shuffles the rows and makes all keys: the same seed plays the same game", "1")
    .option("--data <file>", "labelled rows, `label<TAB>text[<TAB>author]` a line (default: 5,571 SMS)")
    .option("--genesis <file>", "another game, as `iterum fork` makes it, with its own phases and numbers")
    .option("--json <file>", "write rounds, models, scores, profits, proofs and app hashes to a file")
    .option("--keep", "keep the net running and print how to join it")
    .addHelpText("after", `\n${about}`)
    .action((options: DemoOptions) => runDemo(options, stopSignal()));
