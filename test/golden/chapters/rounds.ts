import assert from "node:assert/strict";
import { builtinProgram } from "#modules/rewards/builtin-programs.ts";
import { call, constant, field } from "#modules/rewards/ir/build.ts";
import { type Program, type RewardRule, GenesisState as Rewards } from "#proto/gen/iterum/rewards.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { type Person, people } from "#test/kit/accounts.ts";
import { altered } from "#test/kit/game/alter.ts";
import { examples } from "#test/kit/game/items.ts";
import { type Member, member } from "#test/kit/game/member.ts";
import { operator } from "#test/kit/game/operator.ts";
import { playRound, playUntil, roundOf, type World } from "#test/kit/game/play.ts";
import { seeded } from "#test/kit/game/random.ts";
import { says } from "#test/kit/game/refuse.ts";
import { brisk, stage, wordCounter } from "#test/kit/game/stage.ts";
import { TOKEN } from "#test/kit/genesis.ts";
import { unprovableTemplate } from "#test/kit/template.ts";
import {
  bondGame,
  inTurn,
  labelGame,
  lmsrGame,
  registerAll,
  rewardGame,
  trade,
} from "../../modules/markets/kinds-kit.ts";
import type { Chapter } from "./chapter.ts";

const template = unprovableTemplate();

const program = (builtinId: string, scalar = false): Program =>
  builtinProgram(builtinId, "own", scalar) as Program;

/** One after the other, from the first round on: those that are built in, then programs. */
const FUNCTIONS: readonly Partial<RewardRule>[] = [
  ...["logloss/1", "brier/1", "accuracy/1", "f1/1", "mcc/1"].map((builtin) => ({ builtin })),
  { program: program("mcc/1") },
  { program: { ...program("brier/1"), weight: call("add", field("authorLabel"), constant(1n)) } },
];

async function playAll(world: World, last: bigint): Promise<void> {
  for (let roundId = 1n; roundId <= last; roundId++) {
    await playRound(world, roundId);
    assert.equal(roundOf(world, roundId)?.phase, Phase.PHASE_DONE);
  }
}

/** Each round has another reward function. */
async function rewards(): Promise<void> {
  const each = altered("rewards", Rewards, ({ rules: [rule], ...rest }) => {
    assert.ok(rule);
    const rules = FUNCTIONS.map((change, i) => ({
      ...{ ...rule, builtin: "", fromRound: BigInt(i + 1) },
      ...change,
    }));
    return { ...rest, rules };
  });
  const world = stage({
    members: ["ann", "ben", "cat"].map((name) => member(name)),
    operators: ["olga", "otto"].map((name, i) => operator(name, template, wordCounter(2 + i))),
    ...{ schedule: { ...brisk, open: 16 }, itemsMax: 9, alter: each },
  });
  await playAll(world, BigInt(FUNCTIONS.length));
}

/** Models that predict a number in [0, 1]: how often an item will be wanted, 0…100 of which 20 are all. */
async function scalar(): Promise<void> {
  const wanted: Program = {
    ...program("brier/1", true),
    label: call("mul", constant(50_000n), call("min", field("authorLabel"), constant(20n))),
  };
  const counted = (name: string): Member =>
    member(name, (roundId) => {
      const random = seeded(`${name} ${roundId}`);
      return examples(4, random).map(({ content }) => ({ content, label: random.int(30) }));
    });
  const predict = (most: number) => (inputs: readonly Int32Array[]) =>
    inputs.map((values) => Math.min(most, 2_000 + 3_000 * values.reduce((sum, count) => sum + count, 0)));
  const world = stage({
    ...{ members: ["ann", "ben", "cat"].map(counted), schedule: brisk, itemsMax: 12 },
    operators: [operator("olga", template, predict(60_000)), operator("otto", template, predict(20_000))],
    alter: inTurn(labelGame(101), rewardGame({ builtin: "", program: wanted, scalar: true })),
  });
  await playAll(world, 2n);
}

/** A market of shares whose members reveal nothing: everybody gets back what it has paid. */
async function refunds(): Promise<void> {
  const traders = people("tom", "tim") as [Person, Person];
  const world = stage({
    ...{ operators: [], others: traders, schedule: { ...brisk, firstOpen: 12, open: 16 } },
    alter: inTurn(lmsrGame(), bondGame(700n * TOKEN)),
  });
  await registerAll(world, traders);
  for (const who of traders) await says(world.chain, who, trade(who, { shares: 40n * TOKEN }));
  await says(world.chain, traders[0], trade(traders[0], { shares: 15n * TOKEN, sale: true }));
  await playUntil(world, 1n, Phase.PHASE_DONE, (_, step) => (step === "revealInputs" ? "silent" : undefined));
  assert.equal(roundOf(world, 1n)?.phase, Phase.PHASE_VOID);
  await world.chain.until(world.chain.height() + 10n);
}

/** Rounds that the simulation does not set up. */
export const roundChapters: readonly Chapter[] = [
  { name: "rewards", work: rewards },
  { name: "scalar", work: scalar },
  { name: "refunds", work: refunds },
];
