import assert from "node:assert/strict";
import { test } from "node:test";
import * as elections from "#modules/elections/api.ts";
import * as markets from "#modules/markets/api.ts";
import { errors } from "#modules/markets/errors.ts";
import { kindErrors } from "#modules/markets/kind-errors.ts";
import { errors as roundsErrors } from "#modules/rounds/errors.ts";
import { OrderStatus, Query } from "#proto/gen/iterum/markets.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { type Person, people } from "#test/kit/accounts.ts";
import { examples } from "#test/kit/game/items.ts";
import { member } from "#test/kit/game/member.ts";
import { budget, purse, supply } from "#test/kit/game/money.ts";
import { noQuirks, playRound, playUntil, roundOf, type World } from "#test/kit/game/play.ts";
import { seeded } from "#test/kit/game/random.ts";
import { ask, FEE, refuses, refusesQuery, says } from "#test/kit/game/refuse.ts";
import { placeOrder } from "#test/kit/game/say.ts";
import { type StageChoice, stage } from "#test/kit/game/stage.ts";
import { GAME_ID, TOKEN } from "#test/kit/genesis.ts";
import { bondGame, inTurn, lmsrGame, modelIdOf, registerAll, trade } from "./kinds-kit.ts";

const key = { gameId: GAME_ID, roundId: 1n };
const TRADERS = people("tom", "tim", "tia");
const [tom, tim, tia] = TRADERS as [Person, Person, Person];

const publicMarket = (choice: StageChoice = {}, holdersMax = 100): World =>
  stage({
    operators: [],
    others: TRADERS,
    alter: inTurn(lmsrGame(holdersMax), bondGame(700n * TOKEN)),
    ...choice,
  });

const held = ({ chain }: World, who: Person) =>
  chain.read((ctx) => markets.ordersOf(ctx, key)).find(({ operator }) => operator === who.address);

/** Each of three members says 1 of one in four items. */
const quarter = ["ann", "ben", "cat"].map((name) =>
  member(name, (roundId) =>
    examples(4, seeded(`${name} ${roundId}`)).map((each, i) => ({ ...each, label: i < 1 ? 1 : 0 })),
  ),
);

test("shares trade at a live price and come to what the hidden set shows", async () => {
  const world = publicMarket({ members: quarter });
  const { chain } = world;
  await registerAll(world, TRADERS);
  const before = TRADERS.map((who) => purse(chain, who));
  const had = supply(chain);
  assert.deepEqual(ask(chain, Query.prices, key).pricesPpm, [500_000, 500_000]);
  const wanted = { ...key, operator: "", outcome: 1, shares: 100n * TOKEN, sale: false, priceLimitPpm: 0 };
  const quote = ask(chain, Query.quote, wanted);
  assert.deepEqual([quote.cost, quote.fee, quote.pricesPpm], [51_249_480n, 512_495n, [475_020, 524_979]]);

  const [result] = await chain.block([tom, trade(tom)]);
  assert.equal(result?.code, 0, result?.log);
  assert.equal(purse(chain, tom), (before[0] as bigint) - FEE - 51_761_975n);
  assert.deepEqual(ask(chain, Query.prices, key).pricesPpm, quote.pricesPpm);
  await says(chain, tim, trade(tim, { outcome: 0, shares: 900n * TOKEN, priceLimitPpm: 600_000 }));
  // As far as .6 and no further: 100 + b·ln 1.5.
  assert.equal(held(world, tim)?.shares[0], 505_465_108n);
  await says(chain, tia, trade(tia, { shares: 50n * TOKEN }));
  await says(chain, tia, trade(tia, { shares: 50n * TOKEN, sale: true }));
  assert.deepEqual(held(world, tia)?.shares, [0n, 0n]);

  await playRound(world, 1n);
  assert.equal(roundOf(world, 1n)?.phase, Phase.PHASE_DONE);
  const outcome = chain.read((ctx) => markets.outcomeOf(ctx, key));
  assert.deepEqual(outcome.outcomesPpm, [750_000, 250_000]);
  assert.deepEqual([outcome.holders, outcome.results.length], [3, 0]);
  assert.equal(held(world, tom)?.payout, 25n * TOKEN);
  assert.equal(held(world, tim)?.payout, 379_098_831n);
  // Bought and sold the same again: the fees are gone, nothing else.
  const idle = held(world, tia);
  assert.equal(idle?.payout, (idle?.bound ?? 0n) - (idle?.fee ?? 0n));
  assert.equal(idle?.status, OrderStatus.ORDER_STATUS_SETTLED);
  assert.equal(outcome.payouts - outcome.deposits + outcome.returned + feesOf(world), outcome.subsidy);
  assert.equal(supply(chain), had);
});

const feesOf = ({ chain }: World): bigint =>
  chain.read((ctx) => markets.ordersOf(ctx, key)).reduce((sum, { fee }) => sum + fee, 0n);

test("a trade names a model of its own, keeps its limits, and comes while the round is open", async () => {
  const world = publicMarket({}, 1);
  const { chain } = world;
  await registerAll(world, [tom, tim]);
  const order = { modelId: modelIdOf(tom), bound: 100n * TOKEN };
  await refuses(
    chain,
    [tia, errors.NoModel, trade(tia)],
    [tia, errors.NotOwner, trade(tia, { modelId: modelIdOf(tom) })],
    [tom, errors.CostRefused, trade(tom, { costLimit: 51_761_974n })],
    [tom, kindErrors.OutcomeUnknown, trade(tom, { outcome: 2 })],
    [tom, kindErrors.SharesMissing, trade(tom, { sale: true })],
    [tom, kindErrors.LimitReached, trade(tom, { priceLimitPpm: 500_000 })],
    [tom, kindErrors.TradeTooSmall, trade(tom, { shares: 0n })],
    [tom, kindErrors.OutOfRange, trade(tom, { shares: 40_001n * TOKEN, costLimit: 10n ** 12n })],
    [tom, roundsErrors.NoRound, trade(tom, { roundId: 2n })],
    [tom, errors.WrongKind, placeOrder(tom, 1n, order)],
  );
  await says(chain, tom, trade(tom, { costLimit: 51_761_975n }));
  await refuses(
    chain,
    [tim, kindErrors.HoldersFull, trade(tim)],
    [tom, errors.CostRefused, trade(tom, { sale: true, costLimit: 50_736_986n })],
  );
  await says(chain, tom, trade(tom, { sale: true, costLimit: 50_736_985n }));
  await playUntil(world, 1n, Phase.PHASE_OPEN_ORDERS);
  await refuses(chain, [tom, roundsErrors.WrongPhase, trade(tom)]);
  refusesQuery(chain, Query.quote, { ...key, outcome: 1, shares: TOKEN }, roundsErrors.WrongPhase);
});

test("a market of orders takes no trades and has no prices", async () => {
  const world = stage({ operators: [], others: TRADERS });
  await registerAll(world, [tom]);
  await refuses(world.chain, [tom, errors.WrongKind, trade(tom)]);
  refusesQuery(world.chain, Query.prices, key, errors.WrongKind);
  refusesQuery(world.chain, Query.quote, { ...key, shares: 1n }, errors.WrongKind);
});

test("a purchase beyond the purse is refused and changes nothing", async () => {
  const world = publicMarket({ treasury: 10_000_000n * TOKEN });
  await registerAll(world, [tom]);
  const dear = trade(tom, { shares: 39_000n * TOKEN, costLimit: 10n ** 12n });
  const [result] = await world.chain.block([tom, dear]);
  assert.deepEqual([result?.codespace, result?.code], ["sdk", 5]);
  assert.equal(held(world, tom), undefined);
});

test("a void round gives every trader exactly what it paid in, and the community its subsidy", async () => {
  const world = publicMarket({ quorumSets: 3 });
  const { chain } = world;
  await registerAll(world, TRADERS);
  const community = budget(chain);
  const before = TRADERS.map((who) => purse(chain, who));
  await says(chain, tom, trade(tom));
  await says(chain, tim, trade(tim, { shares: 900n * TOKEN }));
  await says(chain, tom, trade(tom, { sale: true }));
  await says(chain, tia, trade(tia, { outcome: 0 }));
  const said = [2n, 1n, 1n];
  // Nobody reveals anything: the quorum is missed.
  await playUntil(world, 1n, Phase.PHASE_VOID, (_, step) => (step === "revealInputs" ? "silent" : undefined));
  await world.chain.rawBlock([]);
  for (const [i, who] of TRADERS.entries()) {
    assert.equal(purse(chain, who), (before[i] as bigint) - FEE * (said[i] as bigint), who.name);
    assert.equal(held(world, who)?.status, OrderStatus.ORDER_STATUS_REFUNDED);
  }
  const { market } = ask(chain, Query.market, key);
  assert.deepEqual([market?.vault, market?.settled], [0n, true]);
  assert.ok(budget(chain) >= community);
});

test("without a label that counts every share comes to its opening price", async () => {
  const world = publicMarket();
  await registerAll(world, [tom]);
  await says(world.chain, tom, trade(tom));
  await playRound(world, 1n, (_, step) => (step === "revealLabels" ? "silent" : undefined));
  const { outcomesPpm, itemsCounted } = world.chain.read((ctx) => markets.outcomeOf(ctx, key));
  assert.deepEqual([outcomesPpm, itemsCounted], [[500_000, 500_000], 0]);
  assert.equal(held(world, tom)?.payout, 50n * TOKEN);
});

test("the event of a trade says what was traded, for what, and for which fee", async () => {
  const world = publicMarket();
  const { chain } = world;
  await registerAll(world, [tom]);
  const { results } = await chain.rawBlock([
    chain.sign(tom, trade(tom, { shares: 900n * TOKEN, priceLimitPpm: 600_000 })),
  ]);
  const event = results[0]?.events.find(({ type }) => type === "iterum.markets.v1.EventTraded");
  const said = new Map(event?.attributes.map(({ key: name, value }) => [name, value]));
  assert.equal(said.get("shares"), "405465108");
  assert.equal(said.get("cost"), "223143551");
  assert.equal(said.get("fee"), "2231436");
});

test("whoever trades cannot be elected", async () => {
  const [ann] = quarter;
  assert.ok(ann);
  const world = publicMarket({ members: quarter, alternates: 1 });
  await registerAll(world, [ann.who]);
  await says(world.chain, ann.who, trade(ann.who));
  await playUntil(world, 1n, Phase.PHASE_REVEAL_INPUTS, noQuirks);
  const seats = world.chain.read((ctx) => elections.seatsOf(ctx, key));
  assert.ok(seats.length > 0 && seats.every(({ member: address }) => address !== ann.who.address));
});
