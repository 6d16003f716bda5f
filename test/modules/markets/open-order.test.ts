import assert from "node:assert/strict";
import { test } from "node:test";
import { addressBytes } from "#chain/protocol/address.ts";
import { orderHash } from "#chain/protocol/order.ts";
import { templateId } from "#chain/protocol/template.ts";
import * as markets from "#modules/markets/api.ts";
import { errors as marketsErrors } from "#modules/markets/errors.ts";
import { kindErrors } from "#modules/markets/kind-errors.ts";
import { errors as roundsErrors } from "#modules/rounds/errors.ts";
import { OrderStatus } from "#proto/gen/iterum/markets.ts";
import { GenesisState as Proofs } from "#proto/gen/iterum/proofs.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { type Person, person } from "#test/kit/accounts.ts";
import { altered } from "#test/kit/game/alter.ts";
import { budget, moduleHolds, purse } from "#test/kit/game/money.ts";
import { modelOf, type Operator, operator, someParams, termsOf } from "#test/kit/game/operator.ts";
import { playRound, playUntil, type World } from "#test/kit/game/play.ts";
import { FEE, refuses, says } from "#test/kit/game/refuse.ts";
import { openOrder, placeOrder, registerModel } from "#test/kit/game/say.ts";
import { stage, wordCounter } from "#test/kit/game/stage.ts";
import { CHAIN_ID, GAME_ID, TOKEN } from "#test/kit/genesis.ts";
import { unprovableTemplate } from "#test/kit/template.ts";

const ref = { chainId: CHAIN_ID, gameId: GAME_ID, roundId: 1n };
const template = unprovableTemplate();

const orderOf = ({ chain }: World, { who }: Operator) =>
  chain.read((ctx) => markets.ordersOf(ctx, ref)).find((each) => each.operator === who.address);

const first = ({ operators }: World): Operator => operators[0] as Operator;

test("an opened order shows its model and its deposit", async () => {
  const world = stage();
  await playUntil(world, 1n, Phase.PHASE_ELECT);
  const olga = first(world);
  const order = orderOf(world, olga);
  assert.deepEqual(
    [order?.status, order?.modelId, order?.deposit],
    [OrderStatus.ORDER_STATUS_OPEN, modelOf(olga), 300n * TOKEN],
  );
});

test("an opening of other terms, of no order, or a second one is refused", async () => {
  const world = stage();
  await playUntil(world, 1n, Phase.PHASE_OPEN_ORDERS, (name, step) =>
    name === "otto" && step === "placeOrder" ? "silent" : undefined,
  );
  const [olga, otto, ora] = world.operators;
  assert.ok(olga && otto && ora);
  const terms = termsOf(olga, ref);
  const { modelId, deposit, salt } = terms;
  await says(world.chain, olga.who, openOrder(olga.who, 1n, { modelId, deposit, salt }));
  const theirs = termsOf(ora, ref);
  const open = (change: object) =>
    openOrder(ora.who, 1n, {
      modelId: theirs.modelId,
      deposit: theirs.deposit,
      salt: theirs.salt,
      ...change,
    });
  await refuses(
    world.chain,
    [olga.who, marketsErrors.WrongStatus, openOrder(olga.who, 1n, { modelId, deposit, salt })],
    [otto.who, marketsErrors.NoOrder, openOrder(otto.who, 1n, { modelId, deposit, salt })],
    [ora.who, marketsErrors.WrongOrder, open({ deposit: theirs.deposit - 1n })],
    [ora.who, marketsErrors.WrongOrder, open({ modelId })],
    [ora.who, marketsErrors.WrongOrder, open({ salt: new Uint8Array(32) })],
    [ora.who, roundsErrors.WrongPhase, open({ roundId: 2n })],
  );
});

/** A sealed order of any model and deposit: how it is placed and how it is opened. */
function sealed(who: Person, modelId: Uint8Array, deposit = 300n * TOKEN) {
  const salt = new Uint8Array(32).fill(7);
  const hash = orderHash(ref, { operator: addressBytes(who.address), modelId, deposit }, salt);
  return {
    place: placeOrder(who, 1n, { orderHash: hash, bound: 400n * TOKEN }),
    open: openOrder(who, 1n, { modelId, deposit, salt }),
  };
}

test("an order that may not stand is refused when opened and forfeits its bound", async () => {
  const other = unprovableTemplate("lr-64-b");
  const names = ["olga", "otto", "ora", "oz", "ole", "ona"];
  const people = names.map((name) => person(name));
  const [olga, otto, ora, oz, ole, ona] = people as [Person, Person, Person, Person, Person, Person];
  const onlyFirst = altered("proofs", Proofs, (genesis) => ({
    ...genesis,
    audits: genesis.audits.map((audit) => ({ ...audit, templateIds: [templateId(template)] })),
  }));
  const templates = [template, other];
  const world = stage({ operators: [], others: people, ordersMax: 8, templates, alter: onlyFirst });
  const { chain } = world;
  const owned = (who: Person, of = template) =>
    modelOf(operator(who.name, of, wordCounter(2), { paramsHash: someParams(who.name) }));
  const register = (who: Person, of = template) =>
    says(chain, who, registerModel(who, templateId(of), someParams(who.name)));
  const { NoModel, NotOwner, LateModel, WrongTemplate } = marketsErrors;
  const cases = [
    [olga, NoModel, sealed(olga, someParams("ghost"))],
    [otto, NotOwner, sealed(otto, owned(ona))],
    [ora, LateModel, sealed(ora, owned(ora))],
    [oz, WrongTemplate, sealed(oz, owned(oz, other))],
    [ole, kindErrors.DepositRefused, sealed(ole, owned(ole), 49n * TOKEN)],
    [ona, kindErrors.DepositRefused, sealed(ona, owned(ona), 401n * TOKEN)],
  ] as const;
  for (const who of [ole, ona]) await register(who);
  await register(oz, other);
  const before = people.map((who) => purse(chain, who));
  for (const [who, , { place }] of cases) await says(chain, who, place);
  await playUntil(world, 1n, Phase.PHASE_OPEN_ORDERS);
  await register(ora);
  await refuses(chain, ...cases.map(([who, error, { open }]) => [who, error, open] as const));
  await playRound(world, 1n);
  const lost = people.map((who, i) => (before[i] ?? 0n) - purse(chain, who));
  const forfeit = 400n * TOKEN + 1_200_000n;
  assert.deepEqual(
    lost,
    [2n, 2n, 3n, 2n, 2n, 2n].map((txs) => forfeit + txs * FEE),
  );
  const ended = chain.read((ctx) => markets.ordersOf(ctx, ref));
  for (const { status, reason, bond } of ended)
    assert.deepEqual([status, reason, bond], [OrderStatus.ORDER_STATUS_FORFEITED, "order not opened", 0n]);
});

for (const quirk of ["silent", "late", "wrong"] as const)
  test(`an order whose opening is ${quirk} forfeits its bound and fee to the treasury`, async () => {
    const world = stage();
    await world.chain.until(1n);
    const [olga] = world.operators;
    assert.ok(olga);
    const before = purse(world.chain, olga.who);
    const sums = () => budget(world.chain) + moduleHolds(world.chain, "markets");
    const treasury = sums();
    await playRound(world, 1n, (name, step) => (name === "olga" && step === "openOrder" ? quirk : undefined));
    const forfeit = olga.bound + 1_200_000n;
    const txs = quirk === "silent" ? 2n : 3n;
    assert.equal(purse(world.chain, olga.who), before - forfeit - txs * FEE);
    const { payouts, deposits, committeePaid, forfeited, results } = world.chain.read((ctx) =>
      markets.outcomeOf(ctx, ref),
    );
    assert.deepEqual([forfeited, results.length], [olga.bound, 2]);
    assert.equal(sums(), treasury + forfeit + 2n * 1_200_000n - (payouts - deposits) - committeePaid);
  });
