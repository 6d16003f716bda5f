import assert from "node:assert/strict";
import { test } from "node:test";
import { toHex } from "#chain/bytes/hex.ts";
import { modelStanding, standingsCommand } from "#cli/commands/standings.ts";
import { CliError } from "#cli/errors.ts";
import { loadStandings } from "#cli/standings/load.ts";
import { standingsText, standingText } from "#cli/views/standings.ts";
import { moduleQueries } from "#client/modules.ts";
import type { Ask } from "#client/ports.ts";
import { originalOf, type Standing } from "#client/standings/board.ts";
import * as bank from "#modules/bank/api.ts";
import * as markets from "#modules/markets/api.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { type Person, people } from "#test/kit/accounts.ts";
import type { TestChain } from "#test/kit/chain.ts";
import { examples } from "#test/kit/game/items.ts";
import { member } from "#test/kit/game/member.ts";
import { modelOf, operator } from "#test/kit/game/operator.ts";
import { type Deed, playRound, roundOf, type World } from "#test/kit/game/play.ts";
import { seeded } from "#test/kit/game/random.ts";
import { ask, FEE, says } from "#test/kit/game/refuse.ts";
import { brisk, stage, wordCounter } from "#test/kit/game/stage.ts";
import type { Quirks } from "#test/kit/game/turns.ts";
import { DENOM, GAME_ID, TOKEN } from "#test/kit/genesis.ts";
import { unprovableTemplate } from "#test/kit/template.ts";
import { bondGame, inTurn, lmsrGame, registerAll, rewardGame, trade } from "../modules/markets/kinds-kit.ts";

const unit = { base: DENOM, display: "ITER", exponent: 6 };
const template = unprovableTemplate();

/** What the client's queries are given, asked of a chain in this process. */
function clientOf(chain: TestChain) {
  const asked: Ask = async (rpc, request) => ask(chain, rpc, request as object);
  return moduleQueries(asked);
}

const load = ({ chain }: World, last?: number) =>
  loadStandings(clientOf(chain), GAME_ID, last === undefined ? {} : { last });

const purse = ({ chain }: World, { address }: Person): bigint =>
  chain.read((ctx) => bank.balance(ctx, address, DENOM));

const outcomeOf = ({ chain }: World, roundId: bigint) =>
  chain.read((ctx) => markets.outcomeOf(ctx, { gameId: GAME_ID, roundId }));

const members = ["ann", "ben", "cat", "dan"].map((name) =>
  member(name, (roundId) => examples(10, seeded(`${name} ${roundId}`))),
);

/** Otto copies Olga from round 2 on, Ora guesses and forgets to open her orders of rounds 2 and 4. */
const playing: Quirks = (name, step, roundId) => {
  if (name === "otto" && roundId === 1n) return "silent";
  if (name === "ora" && step === "openOrder" && roundId % 2n === 0n) return "silent";
  return step === "revealInputs" && roundId === 4n ? "silent" : undefined;
};

const copying = () =>
  stage({
    members,
    itemsMax: 40,
    schedule: brisk,
    operators: [
      operator("olga", template, wordCounter(3)),
      operator("otto", template, wordCounter(3)),
      operator("ora", template, (inputs) => inputs.map((_, i) => 8_000 + ((i * 7919) % 50_000))),
    ],
  });

/** Standings by the operators' names. */
function named(world: World, standings: readonly Standing[]): ReadonlyMap<string, Standing> {
  const names = new Map(world.operators.map(({ who }) => [who.address, who.name]));
  return new Map(standings.map((each) => [names.get(each.operator) ?? each.operator, each]));
}

async function played(world: World) {
  const before = world.operators.map(({ who }) => purse(world, who));
  const deeds: Deed[] = [];
  for (const roundId of [1n, 2n, 3n, 4n]) deeds.push(...(await playRound(world, roundId, playing)));
  const spent = world.operators.map(({ who }, i) => {
    const fees = BigInt(deeds.filter(({ name, charged }) => name === who.name && charged).length) * FEE;
    return [who.name, purse(world, who) - (before[i] as bigint) + fees] as const;
  });
  return new Map(spent);
}

test("standings from a chain are its money, its scores and its copies", async () => {
  const world = copying();
  await world.chain.until(1n);
  const made = await played(world);
  assert.equal(roundOf(world, 4n)?.phase, Phase.PHASE_VOID);
  const all = await load(world);
  assert.deepEqual([all.rounds, all.fromRound, all.toRound], [4, 1n, 4n]);

  const operators = named(world, all.operators);
  for (const [name, profit] of made) assert.equal(operators.get(name)?.profit, profit, name);
  const counts = ["olga", "otto", "ora"].map((name) => {
    const { rounds, forfeits } = operators.get(name) as Standing;
    return [rounds, forfeits];
  });
  // Round 4 is void: who had opened an order has it back, who had not has lost it.
  assert.deepEqual(counts, [
    [3, 0],
    [2, 0],
    [2, 2],
  ]);

  const models = named(world, all.models);
  const [olga, otto, ora] = ["olga", "otto", "ora"].map((name) => models.get(name) as Standing);
  assert.deepEqual([originalOf(olga as Standing), originalOf(ora as Standing)], [undefined, undefined]);
  const original = originalOf(otto as Standing);
  assert.deepEqual([original?.correlation, original?.equalShare], [1, 1]);
  assert.equal(original?.operator, olga?.operator);
  assert.equal(original?.values, 2 * outcomeOf(world, 2n).items);

  const text = standingsText(all, unit);
  assert.match(text, new RegExp(`alike: model ${otto?.modelId.slice(0, 12)}… of .*registered earlier`));
  assert.match(text, /\(class prior\)/);
  const detail = standingText(otto as Standing, all, unit);
  assert.match(detail, /registered at block/);
  assert.match(detail, /2 played, 0 forfeited, profit/);
  assert.match(detail, /70 – 80 %/);
});

test("a round's measures are those that the chain settled it with, the prior's too", async () => {
  const world = copying();
  await world.chain.until(1n);
  for (const roundId of [1n, 2n]) {
    await playRound(world, roundId, playing);
    const { operators, baseline } = await load(world, 1);
    const { results, priorScorePpm, itemsCounted } = outcomeOf(world, roundId);
    for (const result of results) {
      const { quality, rounds } = operators.find((each) => each.operator === result.operator) as Standing;
      assert.deepEqual([rounds, quality.items], [1, itemsCounted]);
      // The chain rounds the means down, the loss of an item up, and probabilities to millionths.
      const near = (found: number | undefined, ppm: number) =>
        assert.ok(Math.abs((found ?? Number.NaN) * 1e6 - ppm) < 10, `${found} for ${ppm}`);
      near(quality.accuracy, result.accuracyPpm);
      near(quality.brier, result.brierPpm);
      near(quality.logLoss, Number(result.logLossMicronats));
    }
    assert.equal(results.length, 2);
    // logloss/1 scores 1 − loss / ln 1000.
    const score = 1 - (baseline.quality.logLoss ?? Number.NaN) / Math.log(1000);
    assert.ok(Math.abs(score * 1e6 - priorScorePpm) < 10, `${score} for ${priorScorePpm}`);
  }
});

test("a model is found by what only its id begins with", async () => {
  const world = copying();
  await world.chain.until(1n);
  const nothing = await load(world);
  assert.equal(standingsText(nothing, unit), `no round of ${GAME_ID} has ended`);
  assert.throws(() => modelStanding(nothing, "ab"), CliError);
  await playRound(world, 1n, playing);
  const loaded = await load(world);
  const [olga] = world.operators.map((each) => toHex(modelOf(each)));
  assert.equal(modelStanding(loaded, (olga as string).slice(0, 10).toUpperCase()).modelId, olga);
  assert.throws(() => modelStanding(loaded, ""), /2 models have ids that begin with/);
});

test("labels nobody opened leave a round's money without measures", async () => {
  const world = copying();
  await world.chain.until(1n);
  await playRound(world, 1n, (_, step) => (step === "revealLabels" ? "silent" : undefined));
  assert.equal(roundOf(world, 1n)?.phase, Phase.PHASE_DONE);
  const { operators, baseline } = await load(world);
  assert.deepEqual(
    operators.map(({ rounds, quality }) => [rounds, quality.items, quality.accuracy, quality.brier]),
    operators.map(() => [1, 0, undefined, undefined]),
  );
  assert.deepEqual([operators.length, baseline.quality.items], [3, 0]);
});

test("traders of shares stand by their profit alone", async () => {
  const [tom] = people("tom") as [Person];
  const world = stage({
    members,
    itemsMax: 40,
    schedule: { ...brisk, firstOpen: 8, open: 20 },
    operators: [],
    others: [tom],
    alter: inTurn(lmsrGame(), bondGame(700n * TOKEN)),
  });
  await registerAll(world, [tom]);
  const before = purse(world, tom);
  await says(world.chain, tom, trade(tom, { shares: 100n * TOKEN }));
  await says(world.chain, tom, trade(tom, { shares: 40n * TOKEN, sale: true }));
  await playRound(world, 1n);
  const { operators, models, baseline } = await load(world);
  assert.notEqual(operators[0]?.profit, 0n);
  assert.equal(operators[0]?.profit, purse(world, tom) - before + 2n * FEE);
  assert.deepEqual([operators[0]?.rounds, operators[0]?.quality.items, models.length], [1, 0, 1]);
  // Items and labels are there as in any round.
  assert.equal(baseline.quality.items, 30);
});

test("a game of numbers has Brier scores and no accuracy", async () => {
  const world = stage({
    members,
    itemsMax: 40,
    schedule: brisk,
    alter: rewardGame({ scalar: true, builtin: "brier/1" }),
  });
  await playRound(world, 1n);
  const loaded = await load(world);
  for (const { quality } of loaded.operators) {
    assert.deepEqual([quality.accuracy, quality.macroF1], [undefined, undefined]);
    assert.ok((quality.brier ?? -1) >= 0 && (quality.items ?? 0) > 0);
  }
  assert.match(standingText(loaded.operators[0] as Standing, loaded, unit), /accuracy –/);
});

test("one entrant at a time is shown in detail", async () => {
  let said = "";
  const command = standingsCommand().exitOverride();
  command.configureOutput({
    writeErr: (text) => {
      said += text;
    },
  });
  const asked = command.parseAsync(["--model", "ab", "--operator", "olga"], { from: "user" });
  await assert.rejects(asked, { code: "commander.conflictingOption" });
  assert.match(said, /cannot be used with option '--model <id>'/);
});
