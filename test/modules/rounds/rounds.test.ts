import assert from "node:assert/strict";
import { test } from "node:test";
import * as markets from "#modules/markets/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import { Query as MarketQuery, OrderStatus } from "#proto/gen/iterum/markets.ts";
import { Phase, Query } from "#proto/gen/iterum/rounds.ts";
import { MsgDonate } from "#proto/gen/iterum/treasury.ts";
import { say } from "#test/kit/chain.ts";
import { budget, moduleHolds, purse } from "#test/kit/game/money.ts";
import { noQuirks, playBlock, playRound, playUntil, roundOf, runningRounds } from "#test/kit/game/play.ts";
import { ask, FEE, says } from "#test/kit/game/refuse.ts";
import { roomy, stage } from "#test/kit/game/stage.ts";
import { GAME_ID, TOKEN } from "#test/kit/genesis.ts";

const key = { gameId: GAME_ID, roundId: 1n };
/** Subsidy of a full market at the uniform prior, and the pay of a committee of twelve items. */
const SUBSIDY = 693_147_181n;
const PAY = 12n * TOKEN;

test("every phase ends at the height that was fixed when the round opened", async () => {
  const world = stage();
  await world.chain.until(1n);
  const opened = roundOf(world, 1n);
  const { firstOpen = 0, openOrders = 0, revealInputs = 0 } = roomy;
  assert.deepEqual(opened?.ends.slice(0, 2), [1n + BigInt(firstOpen), 1n + BigInt(firstOpen + openOrders)]);
  const seen = new Map<Phase, bigint>();
  for (;;) {
    const round = roundOf(world, 1n);
    assert.ok(round);
    if (round.phase >= Phase.PHASE_DONE) break;
    seen.set(round.phase, world.chain.height());
    await playBlock(world, [round], noQuirks);
    assert.deepEqual(roundOf(world, 1n)?.ends, opened?.ends);
  }
  const { ends } = opened ?? { ends: [] };
  // The last block of a phase is its end; the state that is seen is the one before.
  assert.equal(seen.get(Phase.PHASE_OPEN), (ends[0] ?? 0n) - 1n);
  assert.equal(seen.get(Phase.PHASE_REVEAL_INPUTS), (ends[3] ?? 0n) - 1n);
  assert.equal((ends[3] ?? 0n) - (ends[2] ?? 0n), BigInt(revealInputs));
});

test("the next round opens when a round closes, and they overlap", async () => {
  const world = stage();
  await playUntil(world, 1n, Phase.PHASE_OPEN_ORDERS);
  assert.deepEqual(
    runningRounds(world).map(({ roundId, phase }) => [roundId, phase]),
    [
      [1n, Phase.PHASE_OPEN_ORDERS],
      [2n, Phase.PHASE_OPEN],
    ],
  );
});

test("a round without enough sets is void and everybody is where it was", async () => {
  const world = stage();
  const { chain } = world;
  await chain.until(1n);
  const people = [...world.members, ...world.operators].map(({ who }) => who);
  const before = people.map((who) => purse(chain, who));
  const treasury = budget(chain) + moduleHolds(chain, "markets");
  const fees = new Map<string, bigint>();
  const quirks = (name: string, step: string) =>
    step === "commitData" && name !== "ann" ? "silent" : undefined;
  for (const { name } of await playRound(world, 1n, quirks)) fees.set(name, (fees.get(name) ?? 0n) + FEE);
  const round = roundOf(world, 1n);
  assert.deepEqual([round?.phase, round?.reason], [Phase.PHASE_VOID, "1 of 2 sets, 4 of 2 distinct items"]);
  assert.equal(round?.endedHeight, round?.ends[4]);
  assert.deepEqual(
    people.map((who) => purse(chain, who) + (fees.get(who.name) ?? 0n)),
    before,
  );
  assert.equal(budget(chain) + moduleHolds(chain, "markets"), treasury);
  for (const { status, reason } of chain.read((ctx) => markets.ordersOf(ctx, key)))
    assert.deepEqual([status, reason], [OrderStatus.ORDER_STATUS_REFUNDED, "the round is void"]);
});

test("a void round keeps what was forfeited and slashed before", async () => {
  const world = stage();
  const { chain } = world;
  await chain.until(1n);
  const treasury = budget(chain) + moduleHolds(chain, "markets");
  await playRound(world, 1n, (name, step) => {
    if (name === "olga" && step === "openOrder") return "silent";
    return step === "revealInputs" ? "silent" : undefined;
  });
  assert.equal(roundOf(world, 1n)?.phase, Phase.PHASE_VOID);
  const forfeits = 400n * TOKEN + 1_200_000n;
  const slashes = 5n * 500n * TOKEN;
  assert.equal(budget(chain) + moduleHolds(chain, "markets"), treasury + forfeits + slashes);
});

test("a round without any trade is done, pays its committee and returns the whole subsidy", async () => {
  const world = stage({ operators: [] });
  const { chain } = world;
  await chain.until(1n);
  const treasury = budget(chain) + moduleHolds(chain, "markets");
  await playRound(world, 1n);
  const { subsidy, returned, committeePaid } = chain.read((ctx) => markets.outcomeOf(ctx, key));
  assert.deepEqual([subsidy, returned, committeePaid], [SUBSIDY, SUBSIDY, PAY]);
  assert.equal(budget(chain) + moduleHolds(chain, "markets"), treasury - PAY);
});

test("a short treasury makes the market smaller", async () => {
  const world = stage({ treasury: SUBSIDY / 2n + PAY });
  await world.chain.until(1n);
  const { market } = ask(world.chain, MarketQuery.market, key);
  assert.ok(market && market.subsidy <= SUBSIDY / 2n && market.subsidy > SUBSIDY / 2n - 10n);
  assert.ok(budget(world.chain) < 10n);
  const deeds = await playRound(world, 1n);
  // Bounds of 400 are above the largest deposit of the smaller market.
  const placed = deeds
    .filter(({ step }) => step === "placeOrder")
    .map(({ codespace, code }) => [codespace, code]);
  assert.deepEqual(placed, [
    ["markets", 41],
    ["markets", 41],
    ["markets", 41],
  ]);
});

test("a treasury below the least market skips the round, and the next opens in its turn", async () => {
  const world = stage({ treasury: 50n * TOKEN });
  const { chain } = world;
  await chain.until(1n);
  const skipped = roundOf(world, 1n);
  assert.deepEqual(
    [skipped?.phase, skipped?.reason],
    [Phase.PHASE_SKIPPED, "the treasury is short: 38000000 left for the subsidy"],
  );
  assert.deepEqual(runningRounds(world), []);
  const [ann] = world.members;
  assert.ok(ann);
  const donation = say(MsgDonate, { sender: ann.who.address, gameId: GAME_ID, amount: 2_000n * TOKEN });
  await says(chain, ann.who, donation);
  const close = skipped?.ends[0] ?? 0n;
  await chain.until(close - 1n);
  assert.equal(roundOf(world, 2n), undefined);
  await chain.until(close);
  assert.deepEqual([roundOf(world, 2n)?.phase, roundOf(world, 2n)?.openHeight], [Phase.PHASE_OPEN, close]);
  await playRound(world, 2n);
  assert.equal(roundOf(world, 2n)?.phase, Phase.PHASE_DONE);
});

test("a game without a budget skips every round", async () => {
  const world = stage({ treasury: 0n });
  await world.chain.until(14n);
  assert.deepEqual(
    [1n, 2n].map((roundId) => roundOf(world, roundId)?.phase),
    [Phase.PHASE_SKIPPED, Phase.PHASE_SKIPPED],
  );
});

test("rounds are listed from any of them on", async () => {
  const world = stage({ treasury: 0n });
  await world.chain.until(14n);
  const ids = (fromRoundId: bigint) =>
    ask(world.chain, Query.rounds, { gameId: GAME_ID, fromRoundId }).rounds.map(({ roundId }) => roundId);
  assert.deepEqual([ids(0n), ids(2n), ids(3n)], [[1n, 2n], [2n], []]);
  assert.equal(rounds.phaseName(Phase.PHASE_REVEAL_INPUTS_2), "REVEAL_INPUTS_2");
});
