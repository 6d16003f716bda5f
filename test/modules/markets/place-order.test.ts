import assert from "node:assert/strict";
import { test } from "node:test";
import { templateId } from "#chain/protocol/template.ts";
import { InsufficientFunds } from "#modules/bank/errors.ts";
import * as markets from "#modules/markets/api.ts";
import { errors as marketsErrors } from "#modules/markets/errors.ts";
import { kindErrors } from "#modules/markets/kind-errors.ts";
import { errors as roundsErrors } from "#modules/rounds/errors.ts";
import { MsgSend } from "#proto/gen/cosmos/bank.ts";
import { OrderStatus } from "#proto/gen/iterum/markets.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { person } from "#test/kit/accounts.ts";
import { say } from "#test/kit/chain.ts";
import { moduleHolds, purse } from "#test/kit/game/money.ts";
import { modelOf, operator, termsOf } from "#test/kit/game/operator.ts";
import { playRound, playUntil } from "#test/kit/game/play.ts";
import { FEE, refuses, says } from "#test/kit/game/refuse.ts";
import { placeOrder, registerModel } from "#test/kit/game/say.ts";
import { stage, wordCounter } from "#test/kit/game/stage.ts";
import { CHAIN_ID, DENOM, GAME_ID, TOKEN } from "#test/kit/genesis.ts";
import { unprovableTemplate } from "#test/kit/template.ts";

const ref = { chainId: CHAIN_ID, gameId: GAME_ID, roundId: 1n };
const fee = 1_200_000n;
const bound = 400n * TOKEN;
const bond = 100n * TOKEN;
const template = unprovableTemplate();

const orderOf = (world: ReturnType<typeof stage>, address: string) =>
  world.chain.read((ctx) => markets.ordersOf(ctx, ref)).find((each) => each.operator === address);

test("a sealed order locks bound, fee and bond, and shows neither model nor deposit", async () => {
  const world = stage();
  const { chain, operators } = world;
  const [olga] = operators;
  assert.ok(olga);
  await chain.until(1n);
  const before = [purse(chain, olga.who), moduleHolds(chain, "markets")] as const;
  const { orderHash } = termsOf(olga, ref);
  await says(chain, olga.who, placeOrder(olga.who, 1n, { orderHash, bound }));
  const locked = bound + fee + bond;
  assert.equal(purse(chain, olga.who), before[0] - locked - FEE);
  assert.equal(moduleHolds(chain, "markets"), before[1] + locked);
  const order = orderOf(world, olga.who.address);
  assert.deepEqual(
    [order?.status, order?.modelId.length, order?.deposit, order?.fee],
    [OrderStatus.ORDER_STATUS_SEALED, 0, 0n, fee],
  );
});

test("a second order, a bound out of range, and an order in another form or round are refused", async () => {
  const { chain, operators } = stage();
  const [olga, otto] = operators;
  assert.ok(olga && otto);
  await chain.until(1n);
  const { orderHash } = termsOf(olga, ref);
  const place = (who: typeof olga, terms: Parameters<typeof placeOrder>[2], roundId = 1n) =>
    placeOrder(who.who, roundId, { orderHash, bound, ...terms });
  await says(chain, olga.who, place(olga, {}));
  await refuses(
    chain,
    [olga.who, kindErrors.OperatorHasOrder, place(olga, {})],
    [otto.who, kindErrors.BoundRefused, place(otto, { bound: 50n * TOKEN - 1n })],
    [otto.who, kindErrors.BoundRefused, place(otto, { bound: 500n * TOKEN + 1n })],
    [otto.who, marketsErrors.BadHash, place(otto, { orderHash: orderHash.subarray(1) })],
    [otto.who, marketsErrors.SealedGame, place(otto, { modelId: modelOf(otto) })],
    [otto.who, roundsErrors.NoRound, place(otto, {}, 7n)],
    [otto.who, roundsErrors.NoGame, place(otto, { gameId: "chess" })],
  );
});

test("an order without the money for bound, fee and bond is refused", async () => {
  const { chain, operators } = stage();
  const [olga] = operators;
  assert.ok(olga);
  const held = purse(chain, olga.who);
  const amount = [{ denom: DENOM, amount: held - bound - bond }];
  const toAddress = person("ann").address;
  await says(chain, olga.who, say(MsgSend, { fromAddress: olga.who.address, toAddress, amount }));
  const { orderHash } = termsOf(olga, ref);
  await refuses(chain, [olga.who, InsufficientFunds, placeOrder(olga.who, 1n, { orderHash, bound })]);
});

test("an order after the close is refused", async () => {
  const world = stage();
  await playUntil(world, 1n, Phase.PHASE_OPEN_ORDERS, (name) => (name === "olga" ? "silent" : undefined));
  const [olga] = world.operators;
  assert.ok(olga);
  const { orderHash } = termsOf(olga, ref);
  const late = placeOrder(olga.who, 1n, { orderHash, bound });
  await refuses(world.chain, [olga.who, roundsErrors.WrongPhase, late]);
});

test("where orders are open they name a model of their operator and no hash", async () => {
  const open = (name: string) => operator(name, template, wordCounter(2), { isSealed: false });
  const [olga, otto] = [open("olga"), open("otto")];
  const { chain } = stage({ sealed: false, operators: [olga, otto] });
  await chain.until(1n);
  await says(chain, olga.who, registerModel(olga.who, templateId(template), olga.paramsHash));
  const { orderHash } = termsOf(olga, ref);
  const [mine, theirs] = [modelOf(otto), modelOf(olga)];
  await refuses(
    chain,
    [otto.who, marketsErrors.OpenGame, placeOrder(otto.who, 1n, { orderHash, bound })],
    [otto.who, marketsErrors.OpenGame, placeOrder(otto.who, 1n, { orderHash, modelId: mine, bound })],
    [otto.who, marketsErrors.NoModel, placeOrder(otto.who, 1n, { modelId: mine, bound })],
    [otto.who, marketsErrors.NoModel, placeOrder(otto.who, 1n, { bound })],
    [otto.who, marketsErrors.NotOwner, placeOrder(otto.who, 1n, { modelId: theirs, bound })],
  );
});

test("a round of open orders is played and settled like one of sealed orders", async () => {
  const open = (name: string, words: number) =>
    operator(name, template, wordCounter(words), { isSealed: false });
  const world = stage({ sealed: false, operators: [open("olga", 2), open("otto", 3)] });
  const deeds = await playRound(world, 1n);
  assert.deepEqual(
    deeds.filter(({ code }) => code !== 0),
    [],
  );
  const { results } = world.chain.read((ctx) => markets.outcomeOf(ctx, ref));
  assert.deepEqual(
    results.map(({ deposit }) => deposit),
    [300n * TOKEN, 300n * TOKEN],
  );
});

test("the largest bounds stay; who leaves gets everything back and may come again", async () => {
  const names = ["olga", "otto", "ora", "oz", "ole"];
  const operators = names.map((name) => operator(name, template, wordCounter(2)));
  const world = stage({ operators, ordersMax: 3 });
  const { chain } = world;
  await chain.until(1n);
  const place = (i: number, tokens: bigint) => {
    const { who } = operators[i] as (typeof operators)[number];
    const { orderHash } = termsOf(operators[i] as (typeof operators)[number], ref);
    return [who, placeOrder(who, 1n, { orderHash, bound: tokens * TOKEN })] as const;
  };
  const [olga] = operators;
  assert.ok(olga);
  const before = purse(chain, olga.who);
  for (const [i, tokens] of [100n, 200n, 300n].entries()) await says(chain, ...place(i, tokens));
  await refuses(chain, [place(3, 90n)[0], kindErrors.SlotsTaken, place(3, 90n)[1]]);
  await says(chain, ...place(3, 150n));
  assert.equal(purse(chain, olga.who), before - FEE);
  const left = orderOf(world, olga.who.address);
  assert.equal(left?.status, OrderStatus.ORDER_STATUS_REFUNDED);
  assert.equal(left?.reason, "larger bounds took the slots");
  await says(chain, ...place(0, 400n));
  assert.equal(orderOf(world, olga.who.address)?.status, OrderStatus.ORDER_STATUS_SEALED);
  assert.equal(orderOf(world, person("oz").address)?.status, OrderStatus.ORDER_STATUS_REFUNDED);
});
