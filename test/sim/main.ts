import { inspect } from "node:util";
import { Command, InvalidArgumentError, Option } from "commander";
import { cast, namesOf } from "./cast.ts";
import { lineOf, playAll, type Totals } from "./many.ts";
import { commandOf, type Mode, modes, type Plan, shrink } from "./plan.ts";

const SHRINK_TRIES = 40;

interface Options {
  readonly seed: string;
  readonly seeds: number;
  readonly rounds: number;
  readonly mode: Mode;
  readonly games: number;
  readonly without: readonly string[];
  readonly thorough: boolean;
  readonly shrink: boolean;
}

function whole(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("a number above zero.");
}

/** What became of a plan, or what went wrong. */
async function outcomeOf(plan: Plan): Promise<{ readonly totals?: Totals; readonly error?: unknown }> {
  try {
    return { totals: await playAll([plan]) };
  } catch (error) {
    return { error };
  }
}

/** Plays one seed; says how it went, and of one that fails the smallest plan that still does. */
async function playSeed(plan: Plan, isShrunk: boolean): Promise<boolean> {
  const { totals, error } = await outcomeOf(plan);
  if (totals) {
    console.log(`✓ ${plan.seed}: ${lineOf(totals)}`);
    return true;
  }
  console.error(`✗ ${plan.seed}: ${inspect(error)}`);
  if (!isShrunk) return false;
  const namesIn = (smaller: Plan): string[] => namesOf(cast(smaller));
  const fails = async (smaller: Plan): Promise<boolean> => !(await outcomeOf(smaller)).totals;
  const smallest = await shrink(plan, namesIn, fails, SHRINK_TRIES);
  console.error(`  smallest: ${commandOf(smallest)}`);
  return false;
}

const program = new Command("sim")
  .description("Plays games on a chain in this process: real modules, made-up time, actors for every role.")
  .option("--seed <name>", "what everything follows from", "1")
  .option("--seeds <count>", "play so many seeds, numbered from the first", whole, 1)
  .option("--rounds <count>", "rounds that have to end, over all games", whole, 24)
  .addOption(new Option("--mode <mode>", "how people play").choices(modes).default("fuzz"))
  .option("--games <count>", "games on the chain", whole, 3)
  .option("--without <names>", "people who say nothing", (text) => text.split(","), [])
  .option("--thorough", "on the real store, with real signatures and a second app", false)
  .option("--no-shrink", "do not look for a smaller plan that fails")
  .action(async ({ seed, seeds, thorough: isThorough, shrink: isShrunk, ...rest }: Options) => {
    let failed = 0;
    for (let i = 0; i < seeds; i++) {
      const name = i === 0 ? seed : `${seed}-${i}`;
      if (!(await playSeed({ seed: name, isThorough, ...rest }, isShrunk))) failed += 1;
    }
    if (failed > 0) process.exitCode = 1;
  });

await program.parseAsync();
