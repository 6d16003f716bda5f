import assert from "node:assert/strict";
import { test } from "node:test";
import * as markets from "#modules/markets/api.ts";
import { errors } from "#modules/markets/errors.ts";
import { errors as roundsErrors } from "#modules/rounds/errors.ts";
import { checkSchedule } from "#modules/rounds/schedule.ts";
import { OrderStatus } from "#proto/gen/iterum/markets.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { type Person, people } from "#test/kit/accounts.ts";
import { budget, purse, supply } from "#test/kit/game/money.ts";
import { operator } from "#test/kit/game/operator.ts";
import { playRound, playUntil, roundOf } from "#test/kit/game/play.ts";
import { FEE, says } from "#test/kit/game/refuse.ts";
import { roomy, stage, wordCounter } from "#test/kit/game/stage.ts";
import { GAME_ID, TOKEN } from "#test/kit/genesis.ts";
import { unprovableTemplate } from "#test/kit/template.ts";
import { refusesGenesis } from "../genesis-kit.ts";
import { bondGame, inTurn, lmsrGame, registerAll, trade } from "./kinds-kit.ts";

const key = { gameId: GAME_ID, roundId: 1n };
const [tom, tim] = people("tom", "tim") as [Person, Person];
const sharesGame = inTurn(lmsrGame(), bondGame(700n * TOKEN));
/** Nothing of orders, and an OPEN that is just longer than what is left. */
const withoutOrders = { ...roomy, openOrders: 0, predict: 0, openPredictions: 0, prove: 0, open: 27 };

test("where shares are traded phases of orders may have no length; the round is paid as ever", async () => {
  const world = stage({ operators: [], others: [tom, tim], alter: sharesGame, schedule: withoutOrders });
  const { chain } = world;
  await registerAll(world, [tom, tim]);
  const minted = supply(chain);
  await says(chain, tom, trade(tom));
  await says(chain, tim, trade(tim, { outcome: 0 }));
  await playRound(world, 1n);
  const round = roundOf(world, 1n);
  assert.equal(round?.phase, Phase.PHASE_DONE);
  const { openHeight, ends } = round;
  assert.deepEqual(
    ends.map((end) => Number(end - openHeight)),
    [12, 12, 14, 18, 22, 22, 22, 22, 26, 26, 38],
  );
  const { holders, itemsCounted, outcomesPpm } = chain.read((ctx) => markets.outcomeOf(ctx, key));
  assert.deepEqual([holders, itemsCounted], [2, 12]);
  for (const { operator, payout, shares } of chain.read((ctx) => markets.ordersOf(ctx, key))) {
    const worth = shares.reduce((sum, held, k) => sum + held * BigInt(outcomesPpm[k] ?? 0), 0n);
    assert.equal(payout, worth / 1_000_000n, operator);
  }
  assert.equal(supply(chain), minted);
  await playUntil(world, 2n, Phase.PHASE_DONE);
  assert.equal(roundOf(world, 2n)?.phase, Phase.PHASE_DONE);
});

test("such a round can be void, and gives back what was paid in", async () => {
  const world = stage({ operators: [], others: [tom], alter: sharesGame, schedule: withoutOrders });
  const { chain } = world;
  await registerAll(world, [tom]);
  const before = [purse(chain, tom), budget(chain)] as const;
  await says(chain, tom, trade(tom));
  await playUntil(world, 1n, Phase.PHASE_VOID, (_, step) => (step === "commitData" ? "silent" : undefined));
  await chain.block();
  const [order] = chain.read((ctx) => markets.ordersOf(ctx, key));
  assert.equal(order?.status, OrderStatus.ORDER_STATUS_REFUNDED);
  assert.equal(purse(chain, tom), before[0] - FEE);
});

test("orders in the clear need no phase in which they are opened", async () => {
  const olga = operator("olga", unprovableTemplate(), wordCounter(2), { isSealed: false });
  const world = stage({ sealed: false, operators: [olga], schedule: { ...roomy, openOrders: 0 } });
  await playRound(world, 1n);
  assert.equal(roundOf(world, 1n)?.phase, Phase.PHASE_DONE);
  const orders = world.chain.read((ctx) => markets.ordersOf(ctx, key));
  assert.deepEqual(
    orders.map(({ status }) => status),
    [OrderStatus.ORDER_STATUS_SETTLED],
  );
});

test("a game of orders without a phase that they need is refused", () => {
  for (const phase of ["openOrders", "predict", "openPredictions", "prove"])
    refusesGenesis(errors.BadRule, (state) => state, { schedule: { ...roomy, [phase]: 0 } });
  refusesGenesis(errors.BadRule, (state) => state, { sealed: false, schedule: { ...roomy, predict: 0 } });
});

test("in production a phase has no length or the least one, and others always the least one", () => {
  const least = 20;
  const schedule = {
    ...{ firstOpen: 400, open: 400, openOrders: 0, elect: 8, revealInputs: least, revealInputs2: least },
    ...{ label: 0, predict: 0, openPredictions: 0, revealLabels: least, prove: 0, settle: 1 },
  };
  const check = (change: Partial<typeof schedule>) => () =>
    checkSchedule(GAME_ID, { ...schedule, ...change }, false);
  assert.doesNotThrow(check({}));
  const { code } = roundsErrors.BadGame();
  for (const change of [
    { openOrders: 19 },
    { predict: 1 },
    { prove: 19 },
    { openPredictions: 19 },
    { label: 19 },
    { revealInputs: 0 },
    { revealInputs2: 0 },
    { revealLabels: 0 },
    { firstOpen: 0 },
    { settle: 0 },
    // Without a phase between close and draw, ELECT alone must be long enough.
    { elect: 7 },
  ])
    assert.throws(check(change), { codespace: "rounds", code });
});
