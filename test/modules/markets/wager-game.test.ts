import assert from "node:assert/strict";
import { test } from "node:test";
import * as markets from "#modules/markets/api.ts";
import { errors } from "#modules/markets/errors.ts";
import { OrderStatus } from "#proto/gen/iterum/markets.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { supply } from "#test/kit/game/money.ts";
import { operator } from "#test/kit/game/operator.ts";
import { playRound, playUntil, roundOf, type World } from "#test/kit/game/play.ts";
import { refuses } from "#test/kit/game/refuse.ts";
import { type StageChoice, stage, wordCounter } from "#test/kit/game/stage.ts";
import { GAME_ID, TOKEN } from "#test/kit/genesis.ts";
import { unprovableTemplate } from "#test/kit/template.ts";
import { inTurn, rewardGame, trade, wagerGame } from "./kinds-kit.ts";

const key = { gameId: GAME_ID, roundId: 1n };
const template = unprovableTemplate();

const traders = (isSealed: boolean) => [
  operator("olga", template, wordCounter(3), { isSealed }),
  operator("otto", template, wordCounter(2), { isSealed }),
  operator("oz", template, wordCounter(0), { isSealed }),
];

const wagers = (builtin: string, sealed = true, choice: StageChoice = {}): World =>
  stage({
    operators: traders(sealed),
    sealed,
    alter: inTurn(wagerGame(sealed), rewardGame({ builtin })),
    ...choice,
  });

const outcomeOf = ({ chain }: World) => chain.read((ctx) => markets.outcomeOf(ctx, key));

for (const builtin of ["f1/1", "mcc/1", "accuracy/1"])
  test(`a round of wagers pays by ${builtin}, a score that need not decompose over items`, async () => {
    const world = wagers(builtin);
    const had = supply(world.chain);
    await playRound(world, 1n);
    assert.equal(roundOf(world, 1n)?.phase, Phase.PHASE_DONE);
    const { results, priorScorePpm, subsidy, payouts, deposits, returned } = outcomeOf(world);
    assert.equal(results.length, 3);
    const house = 1_000n * TOKEN;
    const total = results.reduce((sum, { deposit }) => sum + deposit, house);
    const mean =
      results.reduce(
        (sum, { deposit, scorePpm }) => sum + Number(deposit) * scorePpm,
        Number(house) * priorScorePpm,
      ) / Number(total);
    for (const { deposit, payout, scorePpm } of results) {
      const exact = (Number(deposit) * (1e6 + scorePpm - mean)) / 1e6;
      assert.ok(Number(payout) <= exact && exact - Number(payout) <= 1 + 1e-6, `${payout} for ${exact}`);
    }
    assert.equal(payouts - deposits, subsidy - returned);
    assert.equal(supply(world.chain), had);
    const scores = new Set(results.map(({ scorePpm }) => scorePpm));
    assert.ok(scores.size > 1, "models differ");
  });

test("open wagers are played like sealed ones", async () => {
  const world = wagers("f1/1", false);
  await playRound(world, 1n);
  const { results } = outcomeOf(world);
  assert.equal(results.length, 3);
  assert.equal(results[0]?.deposit, 300n * TOKEN);
});

test("a wager without predictions forfeits its bound, and the others are settled", async () => {
  const world = wagers("accuracy/1");
  await playRound(world, 1n, (name, step) =>
    name === "oz" && step === "commitPredictions" ? "silent" : undefined,
  );
  const { results, forfeited } = outcomeOf(world);
  assert.deepEqual([results.length, forfeited], [2, 400n * TOKEN]);
  const orders = world.chain.read((ctx) => markets.ordersOf(ctx, key));
  assert.equal(orders.filter(({ status }) => status === OrderStatus.ORDER_STATUS_FORFEITED).length, 1);
});

test("wagers take no trades of shares", async () => {
  const world = wagers("f1/1");
  await playUntil(world, 1n, Phase.PHASE_OPEN);
  const [olga] = world.operators;
  assert.ok(olga);
  await refuses(world.chain, [olga.who, errors.WrongKind, trade(olga.who)]);
});
