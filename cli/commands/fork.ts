import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { Command, InvalidArgumentError, Option } from "commander";
import { type Json, toJson } from "#chain/proto/json.ts";
import { wholeNumber } from "#cli/context.ts";
import { ensureCli } from "#cli/errors.ts";
import { appStateOf, defaultBaseFile, readBase, type TypedGenesis, typedGenesis } from "#cli/genesis/base.ts";
import { type Change, type ForkChoices, forkGenesis } from "#cli/genesis/fork.ts";
import { rehearse } from "#cli/genesis/rehearse.ts";
import { buildTemplates, defaultTemplateNames } from "#cli/genesis/templates.ts";
import { say } from "#cli/output.ts";
import { compileFile } from "#cli/reward/source.ts";
import { tableOf } from "#cli/table.ts";
import { newWaiting } from "#cli/waiting.ts";
import { parseAmount } from "#client/units.ts";
import { builtinIds } from "#modules/rewards/builtins.ts";
import { Program } from "#proto/gen/iterum/rewards.ts";
import { forkChainCommand } from "./fork-chain.ts";

interface ForkOptions {
  readonly from: string;
  readonly game?: string;
  readonly title?: string;
  readonly token?: string;
  readonly classes?: number;
  readonly reward?: string;
  readonly agree?: string;
  readonly schedule?: ReadonlyMap<string, number>;
  readonly committee?: number;
  readonly alternates?: number;
  readonly items?: number;
  readonly itemsMin?: number;
  readonly panel?: number;
  readonly budget?: string;
  readonly liquidity?: string;
}

const BLOCKS_MAX = 100_000_000;

/** Reads "open=200,predict=6". */
function scheduleOf(text: string): ReadonlyMap<string, number> {
  const lengths = new Map<string, number>();
  for (const entry of text.split(",")) {
    const [, name, blocks] = /^([a-zA-Z0-9]+)=([0-9]{1,9})$/.exec(entry.trim()) ?? [];
    if (name === undefined || Number(blocks) > BLOCKS_MAX)
      throw new InvalidArgumentError("phases with their lengths in blocks, such as open=200,predict=6.");
    lengths.set(name, Number(blocks));
  }
  return lengths;
}

/** The reward rule of a built-in's id or of a file with the function's text. */
async function rewardOf(
  source: string,
  { items, panel }: { readonly items: number; readonly panel: number },
): Promise<Readonly<Record<string, Json>>> {
  if (builtinIds.includes(source)) return { builtin: source };
  ensureCli(existsSync(source), `--reward is a file or one of ${builtinIds.join(", ")}, not "${source}"`);
  const { program } = await compileFile(source, { itemsMax: items, panelSeats: panel });
  return { builtin: "", program: toJson(Program, program) };
}

/** The entries that are given. */
const given = <T>(entries: Readonly<Record<string, T | undefined>>): ReadonlyMap<string, T> =>
  new Map(Object.entries(entries).filter((entry): entry is [string, T] => entry[1] !== undefined));

async function choicesOf(options: ForkOptions, { elections, bank }: TypedGenesis): Promise<ForkChoices> {
  const [election] = elections.elections;
  ensureCli(election, `${options.from}: no election`);
  const size = { items: options.items ?? election.itemsMax, panel: options.panel ?? election.panel };
  const reward = {
    ...(options.reward !== undefined && (await rewardOf(options.reward, size))),
    ...(options.agree !== undefined && { agree: options.agree }),
    ...(options.panel !== undefined && { panel: options.panel }),
  };
  const [denom] = bank.denoms;
  const display = options.token?.toUpperCase() ?? denom?.symbol ?? "";
  const unit = { base: `u${display.toLowerCase()}`, display, exponent: denom?.exponent ?? 6 };
  const { game, title, token, classes, schedule, budget, liquidity } = options;
  return {
    ...(game !== undefined && { gameId: game }),
    ...(title !== undefined && { title }),
    ...(token !== undefined && { token }),
    ...(classes !== undefined && { classes }),
    ...(schedule && { schedule }),
    ...(budget !== undefined && { budget: parseAmount(budget, unit) }),
    ...(liquidity !== undefined && { liquidity: parseAmount(liquidity, unit) }),
    reward,
    election: given<Json>({
      committee: options.committee,
      alternates: options.alternates,
      itemsMax: options.items,
      itemsMin: options.itemsMin,
      panel: options.panel,
    }),
  };
}

const WIDEST = 48;
const short = (text: string): string => (text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text);

const changeTable = (changes: readonly Change[]): string =>
  tableOf(
    [{ head: "what" }, { head: "before" }, { head: "after" }],
    changes.map(({ what, before, after }) => [what, short(before), short(after)]),
  );

async function fork(out: string, options: ForkOptions): Promise<void> {
  ensureCli(!existsSync(out), `there is something at ${out} already`);
  const from = await readBase(options.from);
  const { appState, changes } = forkGenesis(appStateOf(from), await choicesOf(options, from));
  const base = typedGenesis(appState, out);
  const classes = base.rounds.games[0]?.classes ?? 2;
  const templates = await newWaiting(process.stderr).during("circuit templates", (onStep) =>
    buildTemplates(defaultTemplateNames(classes), onStep),
  );
  await rehearse(base, templates);
  await writeFile(out, `${JSON.stringify(appState, null, 2)}\n`, { flag: "wx" });
  say(changes.length > 0 ? changeTable(changes) : "nothing was changed");
  say("everything else is as before; a chain has begun with it in memory, and accepts it");
  say(`next: iterum init --genesis ${out} --data ROWS --home FOLDER`);
}

/** `iterum fork`: the genesis of another game. */
export const forkCommand = (): Command =>
  new Command("fork")
    .description("make the genesis of another game from one, and check that a chain accepts it")
    .argument("<file>", "where to write it")
    .option("--from <file>", "game without artefacts", defaultBaseFile)
    .option("--game <id>", "id of the game")
    .option("--title <text>", "what the game asks")
    .option("--token <name>", "name of the token, such as Good: its base unit is ugood")
    .addOption(new Option("--classes <number>", "labels an item can have").argParser(wholeNumber(2, 16)))
    .option("--reward <function>", `a file with the function's text, or one of ${builtinIds.join(", ")}`)
    .addOption(
      new Option("--agree <rule>", "whose labels count").choices(["own", "all", "majority"] as const),
    )
    .addOption(
      new Option("--schedule <lengths>", "phases in blocks, such as open=200,predict=6").argParser(
        scheduleOf,
      ),
    )
    .addOption(new Option("--committee <number>", "members drawn").argParser(wholeNumber(1, 256)))
    .addOption(new Option("--alternates <number>", "who replaces them").argParser(wholeNumber(0, 256)))
    .addOption(new Option("--items <number>", "most items of a round").argParser(wholeNumber(1, 1_000)))
    .addOption(new Option("--items-min <number>", "least items of a round").argParser(wholeNumber(1, 1_000)))
    .addOption(new Option("--panel <number>", "cross-labellers of an item").argParser(wholeNumber(0, 8)))
    .option("--budget <amount>", "what the treasury starts with, in tokens")
    .option("--liquidity <amount>", "b of the market, in tokens; deposits scale with it")
    .addCommand(forkChainCommand())
    .action(fork);
