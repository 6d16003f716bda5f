import { Command, Option } from "commander";
import { fromHex, toHex } from "#chain/bytes/hex.ts";
import { toJson } from "#chain/proto/json.ts";
import {
  type ChainOptions,
  chainCommand,
  gameOf,
  gameOption,
  wholeNumber,
  withClient,
} from "#cli/context.ts";
import { ensureCli } from "#cli/errors.ts";
import { textOf } from "#cli/files.ts";
import { say, sayJson } from "#cli/output.ts";
import { recordsOf } from "#cli/reward/chain-records.ts";
import type { Compiled } from "#cli/reward/compile.ts";
import { printReward } from "#cli/reward/print.ts";
import { readRecords, writeRecords } from "#cli/reward/round-file.ts";
import { compileFile } from "#cli/reward/source.ts";
import { countRecords, itemTable, scoreRecords, scoreTable, truthTable } from "#cli/reward/tables.ts";
import { tableOf } from "#cli/table.ts";
import { builtinProgram } from "#modules/rewards/builtin-programs.ts";
import { builtinIds } from "#modules/rewards/builtins.ts";
import { checkProgram, type ProgramLimits, programHash } from "#modules/rewards/ir/program.ts";
import { labelRuleNames } from "#modules/rewards/label-rules.ts";
import { MsgSetRewardFunction, Program, RewardRule } from "#proto/gen/iterum/rewards.ts";

/** The size of the game that a function is for. */
interface GameOptions {
  readonly itemsMax: number;
  readonly panel: number;
  readonly scalar?: true;
  readonly agree: string;
}

const limitsOf = ({ itemsMax, panel }: GameOptions): ProgramLimits => ({ itemsMax, panelSeats: panel });

/** Compiles the text of a file, or takes the built-in of that id. */
async function compiled(source: string, options: GameOptions): Promise<Compiled> {
  const builtin = builtinProgram(source, options.agree, options.scalar);
  if (builtin) return { program: builtin, ...checkProgram(builtin, limitsOf(options)) };
  return compileFile(source, limitsOf(options));
}

interface CompileOptions extends GameOptions {
  readonly for?: string;
  readonly fromRound?: number;
  readonly classes: number;
  readonly labels?: readonly number[];
  readonly json?: true;
}

/** The message of a proposal that changes a game's function, as `iterum gov propose` reads it. */
function messageFor(program: Program, gameId: string, round: number, { agree, panel, scalar }: GameOptions) {
  const fromRound = BigInt(round);
  const parts = { gameId, program, agree, panel, fromRound, scalar: scalar === true };
  const rule = toJson(RewardRule, { ...RewardRule.zero(), ...parts });
  return { "@type": MsgSetRewardFunction.typeUrl, rule };
}

async function compile(source: string, options: CompileOptions): Promise<void> {
  const { program, itemCost, scoreCost } = await compiled(source, options);
  const hash = toHex(programHash(program));
  if (options.for !== undefined) {
    ensureCli(options.fromRound !== undefined, "--for needs --from-round");
    sayJson(messageFor(program, options.for, options.fromRound, options));
    return;
  }
  if (options.json) {
    sayJson({ programHash: hash, itemCost, scoreCost, program: toJson(Program, program) });
    return;
  }
  const of = { builtin: "", agree: "", program, scalar: options.scalar === true };
  say(`program ${hash}`);
  say(`an item costs at most ${itemCost} of 200 nodes, a score ${scoreCost} of 50000`);
  const { classes, panel, labels = Array.from({ length: classes }, (_, k) => k) } = options;
  say(truthTable(of, { classes, panelSeats: panel, labels }));
}

interface TestOptions extends GameOptions {
  readonly data: string;
  readonly items?: true;
  readonly json?: true;
}

async function test(source: string, options: TestOptions): Promise<void> {
  const records = readRecords(await textOf(options.data));
  const { program } = await compiled(source, { ...options, ...(records.scalar && { scalar: true }) });
  const of = { builtin: "", agree: "", program, scalar: records.scalar };
  const counted = countRecords(of, records);
  const scores = scoreRecords(of, records);
  if (options.json) {
    sayJson({ programHash: programHash(program), items: counted.map((item) => item ?? null), scores });
    return;
  }
  if (options.items) say(itemTable(records, counted));
  const many = counted.filter((item) => item !== undefined).length;
  say(`${many} of ${records.items.length} items count; scores are 0…1000000, higher is better`);
  say(scoreTable(scores));
}

interface ShowOptions extends ChainOptions {
  readonly agree: string;
  readonly scalar?: true;
}

async function show(what: string, options: ShowOptions): Promise<void> {
  const builtin = builtinProgram(what, options.agree, options.scalar);
  if (builtin) {
    say(printReward(builtin));
    return;
  }
  ensureCli(
    /^[0-9a-f]{64}$/i.test(what),
    `${what.slice(0, 80)} is neither the hash of a program nor one of ${builtinIds.join(", ")}`,
  );
  const program = await withClient(options, (client) => client.rewards.program(fromHex(what.toLowerCase())));
  ensureCli(program, "the chain has no program of this hash");
  say(printReward(program));
}

interface OfGameOptions extends ChainOptions {
  readonly game?: string;
  readonly json?: true;
}

const records = (roundId: number, options: OfGameOptions): Promise<void> =>
  withClient(options, async (client) => {
    const gameId = await gameOf(client, options.game);
    say(writeRecords(await recordsOf(client, gameId, BigInt(roundId))));
  });

const ruleColumns = [
  { head: "from round", right: true },
  { head: "function" },
  { head: "agree" },
  { head: "labels" },
];

const list = (options: OfGameOptions): Promise<void> =>
  withClient(options, async (client) => {
    const rules = await client.rewards.rules(await gameOf(client, options.game));
    if (options.json) {
      sayJson(rules);
      return;
    }
    const rows = rules.map(({ fromRound, builtin, programHash: hash, agree, scalar }) => [
      String(fromRound),
      builtin === "" ? toHex(hash) : builtin,
      builtin === "" ? "" : agree,
      scalar ? "scalars" : "classes",
    ]);
    say(tableOf(ruleColumns, rows));
  });

/** Reads labels with commas between them. */
const labelList = (text: string): readonly number[] =>
  text.split(",").map((each) => wholeNumber(0, 1_000_000)(each));

const agreeOption = (): Option =>
  new Option("--agree <rule>", "of a built-in: which label counts").choices(labelRuleNames).default("own");

/** A command on a function, in a file or built in. */
const functionCommand = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .argument("<function>", `file of a reward function, or a built-in: ${builtinIds.join(", ")}`)
    .option("--items-max <count>", "most items of a round of the game", wholeNumber(1, 10_000), 1000)
    .option("--panel <seats>", "cross-labellers per item", wholeNumber(0, 16), 2)
    .addOption(agreeOption());

const gameCommand = (name: string, description: string): Command =>
  chainCommand(name, description).addOption(gameOption());

/** `iterum reward`: functions that say which labels count and how models are scored. */
export const rewardCommand = (): Command =>
  new Command("reward")
    .description("write and try reward functions, and read those of a chain")
    .addCommand(
      functionCommand("compile", "show a function's cost, hash and how it counts sample items")
        .option("--classes <count>", "classes of the sample items", wholeNumber(2, 16), 2)
        .option(
          "--labels <list>",
          "labels of the sample items, as 0,1,250000 (default: all classes)",
          labelList,
        )
        .option("--scalar", "what counts is a number in millionths instead of a class")
        .option("--json", "print the program as a genesis takes it")
        .option("--for <game>", "print the message of a proposal that changes this game's function")
        .option("--from-round <round>", "with --for: the first round", wholeNumber(1, 999_999_999))
        .action(compile),
    )
    .addCommand(
      functionCommand("test", "count the items of a round and score its models")
        .requiredOption("--data <file>", "the round's records, as `reward records` prints them")
        .option("--items", "show every item")
        .option("--json", "print the results as JSON")
        .action(test),
    )
    .addCommand(
      chainCommand("show", "print the text of a chain's program, or of a built-in")
        .argument("<hash>", `hash of a program, or a built-in: ${builtinIds.join(", ")}`)
        .option("--scalar", "of a built-in: labels are millionths instead of classes")
        .addOption(agreeOption())
        .action(show),
    )
    .addCommand(
      gameCommand("records", "print the records of a round with open labels, for `reward test`")
        .argument("<round>", "number of the round", wholeNumber(1, 999_999_999))
        .action(records),
    )
    .addCommand(
      gameCommand("list", "the reward functions of a game, with the rounds from which on they count")
        .option("--json", "print the answer as JSON")
        .action(list),
    );
