import { Command, InvalidArgumentError, Option } from "commander";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { cast, namesOf } from "./cast.ts";
import { commandOf, type Mode, modes, type Plan, shrink } from "./plan.ts";
import { type Report, simulate } from "./simulate.ts";

const SHRINK_TRIES = 40;

interface Options {
  readonly seed: string;
  readonly seeds: number;
  readonly rounds: number;
  readonly mode: Mode;
  readonly games: number;
  readonly without: readonly string[];
  readonly shrink: boolean;
}

function whole(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidArgumentError("a number above zero.");
}

/** What became of a plan, or what went wrong. */
async function outcomeOf(plan: Plan): Promise<{ readonly report?: Report; readonly error?: unknown }> {
  try {
    return { report: await simulate(plan) };
  } catch (error) {
    return { error };
  }
}

/** Plays one seed; says how it went, and of one that fails the smallest plan that still does. */
async function playSeed(plan: Plan, isShrunk: boolean): Promise<boolean> {
  const startMs = performance.now();
  const { report, error } = await outcomeOf(plan);
  if (report) {
    const { rounds, deeds, attacks, convicted } = report;
    const ended = (phase: Phase): number => rounds.filter((round) => round.phase === phase).length;
    const seconds = ((performance.now() - startMs) / 1_000).toFixed(1);
    const [done, isVoid, skipped] = [Phase.PHASE_DONE, Phase.PHASE_VOID, Phase.PHASE_SKIPPED].map(ended);
    const ends = `${done} done, ${isVoid} void, ${skipped} skipped`;
    console.log(
      `✓ ${plan.seed}: ${ends}; ${deeds} messages, ${attacks} attacks, ${convicted} convicted; ${seconds} s`,
    );
    return true;
  }
  console.error(`✗ ${plan.seed}: ${error instanceof Error ? error.stack : error}`);
  console.error(`  again: ${commandOf(plan)}`);
  if (!isShrunk) return false;
  const namesIn = (smaller: Plan): string[] => namesOf(cast(smaller));
  const fails = async (smaller: Plan): Promise<boolean> => !(await outcomeOf(smaller)).report;
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
  .option("--no-shrink", "do not look for a smaller plan that fails")
  .action(async ({ seed, seeds, shrink: isShrunk, ...rest }: Options) => {
    let failed = 0;
    for (let i = 0; i < seeds; i++) {
      const name = i === 0 ? seed : `${seed}-${i}`;
      if (!(await playSeed({ seed: name, ...rest }, isShrunk))) failed += 1;
    }
    if (failed > 0) process.exitCode = 1;
  });

await program.parseAsync();
