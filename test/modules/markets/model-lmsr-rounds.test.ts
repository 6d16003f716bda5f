import assert from "node:assert/strict";
import { test } from "node:test";
import { WAD } from "#chain/math/fixed.ts";
import { drawDistinct, drawsFrom } from "#chain/protocol/draw.ts";
import type { Label } from "#modules/markets/kind.ts";
import { play, type Round, randomFrom, randomRound, withItems } from "./lmsr-rounds.ts";
import { checkModelRounds, total } from "./order-checks.ts";

const SEED = 0x9e3779b97f4a7c15n;
/** Ten times as many are in the long run. */
const ROUNDS = 1_000;

test("1,000 random rounds keep every invariant, however the crank is cut", (t) => {
  const counts = checkModelRounds(SEED, ROUNDS);
  t.diagnostic(`seed ${SEED}: ${JSON.stringify(counts)}`);
  assert.ok(counts.void > 10 && counts.forfeited > 100 && counts.moves > 20_000);
});

test("neither the order of items nor the order of arrival changes a result", () => {
  const random = randomFrom(SEED + 1n);
  for (let i = 0; i < 300; i++) {
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
        const logs = next.map((price, k) => Math.log(price / (p[k] as number)));
        const gain = label === undefined ? 0 : b * share * meanBy(label, logs);
        gains.set(trader.operator, (gains.get(trader.operator) ?? 0) + gain);
        prices[item] = next;
      }
    }
  }
  return gains;
}

/** The value of a label's class, or the mean of values by its shares. */
const meanBy = (label: Label, values: readonly number[]): number =>
  typeof label === "number"
    ? (values[label] as number)
    : label.reduce((sum, share, k) => sum + (share / 1e6) * (values[k] as number), 0);

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
        total(own.map((part) => part.gain * round.params.liquidity)) /
        (WAD * 1_000_000n * round.set.totalWeight);
      assert.ok(scaled - gain <= 10n && gain - scaled <= 10n, "attributions sum to the gain");
    }
  }
});
