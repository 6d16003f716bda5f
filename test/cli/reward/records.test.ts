import assert from "node:assert/strict";
import { test } from "node:test";
import type { AppState } from "#chain/kernel/genesis.ts";
import { fromJson, toJson } from "#chain/proto/json.ts";
import { CliError } from "#cli/errors.ts";
import { recordsOf } from "#cli/reward/chain-records.ts";
import { compileReward } from "#cli/reward/compile.ts";
import { readRecords, writeRecords } from "#cli/reward/round-file.ts";
import { countRecords, scoreRecords } from "#cli/reward/tables.ts";
import { commitmentsQueries } from "#client/commitments.ts";
import { marketsQueries } from "#client/markets.ts";
import type { Ask } from "#client/ports.ts";
import { rewardsQueries } from "#client/rewards.ts";
import { roundsQueries } from "#client/rounds.ts";
import { GenesisState, RewardRule } from "#proto/gen/iterum/rewards.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import type { TestChain } from "#test/kit/chain.ts";
import { playRound, playUntil } from "#test/kit/game/play.ts";
import { ask } from "#test/kit/game/refuse.ts";
import { roomy, stage } from "#test/kit/game/stage.ts";
import { GAME_ID } from "#test/kit/genesis.ts";
import { LIMITS, textOf } from "./texts.ts";

/** What the client's queries are given, asked of a chain in this process. */
function clientOf(chain: TestChain) {
  const asked: Ask = async (rpc, request) => ask(chain, rpc, request as object);
  return {
    rounds: roundsQueries(asked),
    rewards: rewardsQueries(asked),
    commitments: commitmentsQueries(asked),
    markets: marketsQueries(asked),
  };
}

const { program } = compileReward(
  textOf({
    use: "item.authorLabel >= 0",
    weight: "1 + item.panelLabels.count(l, l == item.authorLabel)",
    score: "1000000 * items.sum(i, i.top == i.label ? i.weight : 0) / items.sum(i, i.weight)",
  }),
  LIMITS,
);
const withProgram = (state: AppState): AppState => ({
  ...state,
  rewards: toJson(GenesisState, {
    ...GenesisState.zero(),
    rules: [{ ...RewardRule.zero(), gameId: GAME_ID, agree: "own", panel: 2, program }],
  }),
});

test("the records of a played round give the very scores that the chain gave", async () => {
  const schedule = { ...roomy, open: 70, label: 6, revealLabels: 6 };
  const world = stage({ panel: 2, committee: 4, itemsMax: 16, schedule, alter: withProgram });
  const client = clientOf(world.chain);
  await playUntil(world, 1n, Phase.PHASE_REVEAL_LABELS);
  await assert.rejects(recordsOf(client, GAME_ID, 1n), CliError);
  await playRound(world, 1n);

  const { counts } = fromJson(GenesisState, world.chain.app.dump()["rewards"] ?? {});
  assert.ok(
    counts.every(({ roundId }) => roundId > 1n),
    "an ended round keeps no counts",
  );
  const records = await recordsOf(client, GAME_ID, 1n);
  assert.equal(records.items.length, 16);
  assert.ok(records.items.every(({ panel }) => panel.length === 2));
  assert.deepEqual(readRecords(writeRecords(records)), records);
  const rule = await client.rewards.rule(GAME_ID, 1n);
  assert.ok(rule);
  assert.deepEqual(rule.program, program);
  assert.ok(countRecords(rule, records).some((item) => item !== undefined && item.weight > 1n));
  const outcome = await client.markets.outcome(GAME_ID, 1n);
  assert.deepEqual(
    scoreRecords(rule, records),
    outcome?.results.map(({ operator, scorePpm, accuracyPpm, brierPpm, logLossMicronats }) => ({
      ...{ name: operator, scorePpm, accuracyPpm, brierPpm, logLossMicronats },
    })),
  );
  assert.equal(outcome?.results.length, 3);
  assert.ok(outcome.results.some(({ scorePpm, accuracyPpm }) => scorePpm > 0 && accuracyPpm > 0));
});

test("copies of one content with different labels do not count", () => {
  const items = [
    { author: 1, panel: [], share: "1" },
    { author: 0, panel: [], share: "1", disputed: true },
  ];
  const records = readRecords(JSON.stringify({ classes: 2, items }));
  const of = { builtin: "accuracy/1", agree: "own", program: undefined, scalar: false };
  assert.deepEqual(countRecords(of, records), [{ label: 1, weight: 1n }, undefined]);
});

test("records that are not such are refused with the place that is wrong", () => {
  const item = { author: 1, panel: [0, null], share: "5" };
  const model = { name: "m", predictions: [65_535] };
  const whole = { classes: 2, items: [item], models: [model] };
  assert.equal(readRecords(JSON.stringify(whole)).items[0]?.share, 5n);
  const refused: readonly (readonly [unknown, RegExp])[] = [
    [[], /the round is no object/],
    [{ ...whole, winner: 1 }, /the round has "winner"; it may have classes, scalar, labelValues, items/],
    [{ ...whole, classes: 1 }, /classes is no whole number from 2 to 16/],
    [{ ...whole, classes: 3, scalar: true }, /classes is no whole number from 2 to 2/],
    [{ ...whole, labelValues: 1_000_002 }, /labelValues is no whole number from 2 to 1000001/],
    [{ ...whole, scalar: "yes" }, /scalar is true, false or left out/],
    [{ ...whole, items: {} }, /items is no list/],
    [{ ...whole, items: [7] }, /items\[0\] is no object/],
    [{ ...whole, items: [{ ...item, author: 2 }] }, /items\[0\].author is no whole number from 0 to 1/],
    [{ ...whole, items: [{ ...item, panel: [0.5] }] }, /items\[0\].panel\[0\] is no whole number/],
    [{ ...whole, items: [{ ...item, share: "-1" }] }, /items\[0\].share is no whole number in digits/],
    [{ ...whole, models: [{ ...model, name: 3 }] }, /models\[0\].name is no short text/],
    [{ ...whole, models: [{ ...model, predictions: [] }] }, /models\[0\].predictions needs 1 an item, 1/],
    [{ ...whole, models: [{ ...model, predictions: [65_536] }] }, /predictions\[0\] is no whole number/],
    [
      { classes: 3, items: [item], models: [{ ...model, predictions: [40_000, 40_000] }] },
      /predictions of item 0 sum to 80000, above 65535/,
    ],
  ];
  for (const [json, words] of refused)
    assert.throws(
      () => readRecords(JSON.stringify(json)),
      (error) => error instanceof CliError && words.test(error.message),
      `${words}`,
    );
  assert.throws(() => readRecords("{"), /are no JSON/);
});
