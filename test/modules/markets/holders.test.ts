import assert from "node:assert/strict";
import { test } from "node:test";
import { compareBytes } from "#chain/bytes/compare.ts";
import { addressBytes, moduleAddress } from "#chain/protocol/address.ts";
import { marketsQueries } from "#client/markets.ts";
import * as bank from "#modules/bank/api.ts";
import * as markets from "#modules/markets/api.ts";
import { errors } from "#modules/markets/errors.ts";
import { Query } from "#proto/gen/iterum/markets.ts";
import { Phase } from "#proto/gen/iterum/rounds.ts";
import { playUntil, roundOf } from "#test/kit/game/play.ts";
import { ask, refusesQuery } from "#test/kit/game/refuse.ts";
import { stage } from "#test/kit/game/stage.ts";
import { DENOM } from "#test/kit/genesis.ts";
import { crowdedWorld, HOLDERS, key, marketOf, names, paidOf, rows } from "./crowd-kit.ts";

const PER_BLOCK = 250;

test("the crank pays holders in address order, 250 a block; the round ends with the last", async () => {
  const world = await crowdedWorld(Phase.PHASE_PROVE);
  await playUntil(world, 1n, Phase.PHASE_SETTLE);
  const counts = [paidOf(world).length];
  const sorted = names.map(addressBytes).sort(compareBytes);
  const last = paidOf(world).map(({ operator }) => addressBytes(operator));
  assert.deepEqual(last.sort(compareBytes), sorted.slice(0, PER_BLOCK));
  while (roundOf(world, 1n)?.phase === Phase.PHASE_SETTLE) {
    await world.chain.rawBlock([]);
    counts.push(paidOf(world).length);
  }
  assert.deepEqual(counts, [250, 500, HOLDERS, HOLDERS]);
  const { outcomesPpm, holders, payouts } = world.chain.read((ctx) => markets.outcomeOf(ctx, key));
  assert.equal(holders, HOLDERS);
  let total = 0n;
  for (const { operator, shares, payout } of rows(world)) {
    const worth = shares.reduce((sum, held, k) => sum + held * BigInt(outcomesPpm[k] ?? 0), 0n);
    assert.equal(payout, worth / 1_000_000n);
    assert.equal(
      world.chain.read((ctx) => bank.balance(ctx, operator, DENOM)),
      payout,
    );
    total += payout;
  }
  assert.equal(payouts, total);
  assert.equal(marketOf(world)?.vault, 0n);
});

test("a void market pays its holders back in the blocks that follow", async () => {
  const world = await crowdedWorld(Phase.PHASE_ELECT);
  await playUntil(world, 1n, Phase.PHASE_VOID, (_, step) => (step === "revealInputs" ? "silent" : undefined));
  const counts = [paidOf(world).length];
  assert.equal(marketOf(world)?.settled, false);
  for (let i = 0; i < 3; i++) {
    await world.chain.rawBlock([]);
    counts.push(paidOf(world).length);
  }
  assert.deepEqual(counts, [250, 500, HOLDERS, HOLDERS]);
  for (const { operator, bound, payout } of rows(world)) {
    assert.equal(payout, bound);
    assert.equal(
      world.chain.read((ctx) => bank.balance(ctx, operator, DENOM)),
      bound,
    );
  }
  assert.deepEqual([marketOf(world)?.vault, marketOf(world)?.settled], [0n, true]);
});

test("a void market that still pays back goes on after an export", async () => {
  const world = await crowdedWorld(Phase.PHASE_ELECT);
  await playUntil(world, 1n, Phase.PHASE_VOID, (_, step) => (step === "revealInputs" ? "silent" : undefined));
  const dumped = world.chain.app.dump();
  const next = stage({ operators: [], members: world.members, alter: () => dumped });
  for (let i = 0; i < 2; i++) await next.chain.rawBlock([]);
  assert.deepEqual([paidOf(next).length, marketOf(next)?.settled], [HOLDERS, true]);
});

test("holders are listed in pages of at most a hundred, and the client reads all of them", async () => {
  const { chain } = await crowdedWorld(Phase.PHASE_PROVE);
  const page = (afterOperator: string, limit: number): string[] =>
    ask(chain, Query.orders, { ...key, afterOperator, limit }).orders.map(({ operator }) => operator);
  const sorted = names.toSorted((a, b) => compareBytes(addressBytes(a), addressBytes(b)));
  assert.deepEqual(page("", 0), sorted.slice(0, 100));
  assert.deepEqual(page("", 101), sorted.slice(0, 100));
  assert.deepEqual(page(sorted[99] as string, 7), sorted.slice(100, 107));
  assert.deepEqual(page(sorted[499] as string, 0), sorted.slice(500));
  assert.deepEqual(page(sorted.at(-1) as string, 0), []);
  // Whoever holds nothing is a place between others too.
  const stranger = moduleAddress("stranger");
  const behind = sorted.filter((each) => compareBytes(addressBytes(each), addressBytes(stranger)) > 0);
  assert.deepEqual(page(stranger, 3), behind.slice(0, 3));
  refusesQuery(chain, Query.orders, { ...key, afterOperator: "nobody" }, errors.NoOrder);
  const client = marketsQueries(async (rpc, request) => ask(chain, rpc, request));
  const all = await client.orders(key.gameId, key.roundId);
  assert.deepEqual(
    all.map(({ operator }) => operator),
    sorted,
  );
});
