import assert from "node:assert/strict";
import { test } from "node:test";
import { WAD } from "#chain/math/fixed.ts";
import { drawDistinct, drawsFrom } from "#chain/protocol/draw.ts";
import { modelLmsr } from "#modules/markets/model-lmsr/kind.ts";
import { type Outcome, play, type Round, randomFrom, randomRound, withItems } from "./lmsr-rounds.ts";

const SEED = 0x9e3779b97f4a7c15n;
const ROUNDS = 10_000;

const total = (values: Iterable<bigint>): bigint => [...values].reduce((sum, value) => sum + value, 0n);

/** What must hold at the end of any round, by the numbers of the design. */
function checkOutcome(round: Round, outcome: Outcome): void {
  const { balances, distribution, state } = outcome;
  const subsidy = modelLmsr.subsidy(round.params);
  assert.equal(total(balances.values()), 0n, "I2 nothing is minted or lost");
  assert.ok((balances.get("community") as bigint) >= -subsidy, "I3 the community loses at most S");
  if (round.isVoid) {
    assert.equal(balances.get("community"), 0n, "I9 a void round costs the community nothing");
    for (const { operator, fate } of round.traders)
      if (fate !== "is not opened") assert.equal(balances.get(operator), 0n, "I9 a void round costs nothing");
    return;
  }
  const { potential = 0n, potentialStart = 0n } = state.crank ?? {};
  assert.equal(
    total(distribution.payouts.map(({ gain }) => gain)),
    potential - potentialStart,
    "I4 gains telescope",
  );
  assert.equal(distribution.residual, subsidy + potentialStart - potential);
  assert.ok(distribution.residual >= -potential && potential <= 0n, "I5 the residual is not negative");
  for (const { operator, bound, deposit, fate } of round.traders) {
    const payout = distribution.payouts.find((paid) => paid.operator === operator);
    if (fate !== "settles") assert.equal(payout, undefined, "I9 nothing refunds a forfeited order");
    else assert.ok((payout?.amount as bigint) >= bound - deposit, "I3 an operator loses at most its deposit");
  }
  if (distribution.payouts.length === 0) assert.equal(balances.get("community"), 0n, "I9 no trade, no cost");
}

test("10,000 random rounds keep every invariant, however the crank is cut", (t) => {
  const random = randomFrom(SEED);
  const counts = { void: 0, orders: 0, forfeited: 0, moves: 0 };
  const start = process.cpuUsage();
  for (let i = 0; i < ROUNDS; i++) {
    const round = randomRound(random);
    const whole = play(round, Number.MAX_SAFE_INTEGER);
    checkOutcome(round, whole);
    for (const budget of [1, 7])
      assert.deepEqual(play(round, budget), whole, "I12 the budget changes nothing");
    counts.void += round.isVoid ? 1 : 0;
    counts.orders += round.traders.length;
    counts.forfeited += round.traders.filter(({ fate }) => fate !== "settles").length;
    counts.moves += whole.moves;
  }
  const { user, system } = process.cpuUsage(start);
  const seconds = (user + system) / 1e6;
  t.diagnostic(`seed ${SEED}: ${JSON.stringify(counts)}`);
  t.diagnostic(`${Math.round(ROUNDS / seconds)} rounds/s of CPU, half of them played again in pieces`);
  assert.ok(counts.void > 100 && counts.forfeited > 1000 && counts.moves > 100_000);
});

test("neither the order of items nor the order of arrival changes a result", () => {
  const random = randomFrom(SEED + 1n);
  for (let i = 0; i < 500; i++) {
    const round = randomRound(random);
    const { balances, attributions } = play(round, 1000);
    const items = random.shuffled([...round.set.weights.keys()]);
    const turned = play(withItems(round, items), 1000);
    assert.deepEqual([turned.balances, turned.attributions], [balances, attributions]);
    const arrived = play(round, 1000, random.shuffled(round.traders));
    assert.deepEqual([...arrived.balances].sort(), [...balances].sort());
  }
});

/** Payouts by the formulas of the design in floating point: an independent reading of them. */
function floatGains(round: Round): Map<string, number> {
  const { params, set } = round;
  const b = Number(params.liquidity);
  const prior = params.priorPpm.map((entry) => entry / 1e6);
  const prices = set.weights.map(() => [...prior]);
  const sorted = play(round, 1000).state.positions;
  const gains = new Map<string, number>();
  for (let slice = 0; slice < params.slices; slice++) {
    const draws = drawsFrom(`iterum/model-lmsr/slice-${slice}/v1`, round.seed);
    for (const turn of drawDistinct(draws, sorted.length, sorted.length)) {
      const trader = round.traders.find(({ operator }) => operator === sorted[turn]?.operator);
      if (trader?.fate !== "settles") continue;
      const kappa = Math.exp(-Number(trader.deposit - 16n) / (params.slices * b));
      for (const [item, p] of prices.entries()) {
        const at = item * (params.classes - 1);
        const given = trader.predictions.slice(at, at + params.classes - 1).map((value) => value / 65535);
        const q = [1 - given.reduce((sum, value) => sum + value, 0), ...given];
        const next = project(p, q, kappa);
        const label = set.labels[item];
        const share = Number(set.weights[item]) / Number(set.totalWeight);
        const gain =
          label === undefined ? 0 : b * share * Math.log((next[label] as number) / (p[label] as number));
        gains.set(trader.operator, (gains.get(trader.operator) ?? 0) + gain);
        prices[item] = next;
      }
    }
  }
  return gains;
}

/** max(κp, q/ν) with ν found by bisection. */
function project(p: readonly number[], q: readonly number[], kappa: number): number[] {
  const at = (nu: number): number[] => p.map((price, k) => Math.max(kappa * price, (q[k] as number) / nu));
  let [low, high] = [1, 1e9];
  for (let i = 0; i < 200; i++) {
    const middle = Math.sqrt(low * high);
    if (at(middle).reduce((sum, value) => sum + value, 0) > 1) low = middle;
    else high = middle;
  }
  return at(high);
}

test("gains are those of the formulas in floating point", () => {
  const random = randomFrom(SEED + 2n);
  for (let i = 0; i < 300; i++) {
    const round = { ...randomRound(random), isVoid: false };
    const expected = floatGains(round);
    const outcome = play(round, 1000);
    const b = Number(round.params.liquidity);
    for (const { operator, gain } of outcome.distribution.payouts)
      assert.ok(Math.abs(Number(gain) - (expected.get(operator) ?? 0)) < 20 + 1e-11 * b);
    for (const { operator, gain } of outcome.distribution.payouts) {
      const own = outcome.attributions.filter((part) => part.operator === operator);
      const scaled =
        total(own.map((part) => part.gain * round.params.liquidity)) / (WAD * round.set.totalWeight);
      assert.ok(scaled - gain <= 10n && gain - scaled <= 10n, "attributions sum to the gain");
    }
  }
});
