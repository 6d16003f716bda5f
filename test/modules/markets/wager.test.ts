import assert from "node:assert/strict";
import { test } from "node:test";
import { ChainBug, ChainError } from "#chain/kernel/error.ts";
import { DecodeError } from "#chain/proto/error.ts";
import type { RevealedSet } from "#modules/markets/kind.ts";
import { kindErrors } from "#modules/markets/kind-errors.ts";
import { kindOf } from "#modules/markets/kinds.ts";
import { gains } from "#modules/markets/wager/gains.ts";
import { type State, wager } from "#modules/markets/wager/kind.ts";
import type { Params } from "#modules/markets/wager/params.ts";
import { order, placement, playKind, randomFrom, randomWager, TOKEN } from "./lmsr-rounds.ts";
import { checkWagers } from "./order-checks.ts";

const SEED = 0x9e3779b97f4a7c15n;
const PARAMS: Params = {
  classes: 2,
  houseStake: 1000n * TOKEN,
  priorPpm: [500_000, 500_000],
  feePpm: 3000,
  clipPpm: 10_000,
  sealed: true,
  depositMin: 50n * TOKEN,
  depositMax: 1000n * TOKEN,
  ordersMax: 64,
};
const SET: RevealedSet = {
  weights: [1n],
  totalWeight: 1n,
  labels: [1],
  members: [0],
  priorScorePpm: 500_000,
};
const SCORES: Readonly<Record<string, number>> = { A: 900_000, B: 600_000, C: 200_000 };
const evaluate = (operator: string) => ({ predictions: [32768], scorePpm: SCORES[operator] ?? 0 });
const DEPOSITS: readonly (readonly [string, bigint])[] = [
  ["A", 500n * TOKEN],
  ["B", 300n * TOKEN],
  ["C", 200n * TOKEN],
];

function closed(): State {
  let state = wager.open(PARAMS);
  for (const [operator, deposit] of DEPOSITS) state = wager.apply(state, placement(operator, deposit)).state;
  const orders = DEPOSITS.map(([operator, deposit]) => order(operator, deposit));
  return wager.close(state, orders, new Uint8Array(32));
}

test("1,000 random wagers keep every invariant, in any order and however stakes are split", (t) => {
  const counts = checkWagers(SEED, 1_000);
  t.diagnostic(`seed ${SEED}: ${JSON.stringify(counts)}`);
  assert.ok(counts.void > 10 && counts.forfeited > 100);
});

// House 1000 at .5, A 500 at .9, B 300 at .6, C 200 at .2: T = 2000, mean = (500 + 450 + 180 + 40)/2000 =
// .585. A wins 500·(.9 − .585) = 157.5, B 300·.015 = 4.5, C 200·(−.385) = −77, the house 1000·(−.085) = −85.
test("the worked example: who is above the mean wins what those below it lose", () => {
  const { state, done } = wager.step(closed(), SET, evaluate, 1);
  assert.ok(done);
  const { distribution } = wager.payouts(state);
  const won = Object.fromEntries(distribution.payouts.map(({ operator, gain }) => [operator, gain]));
  assert.deepEqual(won, { A: 157_500_000n, B: 4_500_000n, C: -77_000_000n });
  assert.equal(distribution.residual, 915n * TOKEN);
  assert.equal(distribution.fees, 3n * TOKEN);
});

test("gains are those of the formula, rounded down for the house", () => {
  const random = randomFrom(SEED);
  for (let i = 0; i < 500; i++) {
    const round = { ...randomWager(random), isVoid: false };
    const { houseStake } = round.params;
    const staked = round.traders.filter(({ fate }) => fate === "settles");
    const total = staked.reduce((sum, { deposit }) => sum + deposit, houseStake);
    const mean =
      staked.reduce(
        (sum, { deposit, scorePpm }) => sum + Number(deposit) * scorePpm,
        Number(houseStake) * round.set.priorScorePpm,
      ) /
      Number(total) /
      1e6;
    for (const { operator, gain } of playKind(wager, round, 5).distribution.payouts) {
      const { deposit = 0n, scorePpm = 0 } = staked.find((trader) => trader.operator === operator) ?? {};
      const exact = Number(deposit) * (scorePpm / 1e6 - mean);
      assert.ok(Math.abs(Number(gain) - exact) <= 1 + 1e-12 * Number(total));
    }
  }
});

test("what rounding leaves is the house's, less than one unit an order", () => {
  const house = { deposit: 1_000_000n, score: 333_333 };
  const stakes = [1, 2, 3].map((k) => ({ deposit: 100_001n * BigInt(k), score: 100_003 * k }));
  const won = gains(house, stakes);
  const total = house.deposit + 600_006n;
  const scored = stakes.reduce((sum, { deposit, score }) => sum + deposit * BigInt(score), 0n);
  const mean = scored + house.deposit * BigInt(house.score);
  const exactHouse = house.deposit * (BigInt(house.score) * total - mean);
  const kept = -won.reduce((sum, gain) => sum + gain, 0n);
  const rest = kept * 1_000_000n * total - exactHouse;
  assert.ok(rest >= 0n && rest < 3n * 1_000_000n * total);
});

test("all wrong loses the deposit at most, all right wins the house's stake at most", () => {
  assert.deepEqual(gains({ deposit: 1n, score: 1_000_000 }, [{ deposit: 10n ** 15n, score: 0 }]), [-1n]);
  const [most = 0n] = gains({ deposit: 1000n, score: 0 }, [{ deposit: 10n ** 15n, score: 1_000_000 }]);
  assert.ok(most < 1000n && most >= 999n);
  assert.deepEqual(gains({ deposit: 10n ** 15n, score: 1_000_000 }, [{ deposit: 50n, score: 0 }]), [-50n]);
});

test("a short pool shrinks the house's stake, and the deposits with it", () => {
  const params = wager.forRound(PARAMS, { budget: 500n * TOKEN, liquidityMin: TOKEN });
  assert.ok(params);
  wager.check(params);
  assert.deepEqual(
    [params.houseStake, params.depositMin, params.depositMax, wager.subsidy(params)],
    [500n * TOKEN, 25n * TOKEN, 500n * TOKEN, 500n * TOKEN],
  );
  assert.equal(wager.forRound(PARAMS, { budget: 500n * TOKEN, liquidityMin: 501n * TOKEN }), undefined);
  const prior = wager.forRound(PARAMS, { budget: 10n ** 12n, liquidityMin: 1n, priorPpm: [1, 999_999] });
  assert.deepEqual(prior?.priorPpm, [50_000, 950_000]);
});

test("parameters beyond their bounds are refused", () => {
  for (const change of [
    { houseStake: 10n ** 15n + 1n },
    { depositMin: 50n * TOKEN - 1n },
    { depositMax: 1000n * TOKEN + 1n },
    { clipPpm: 250_001 },
    { priorPpm: [1, 999_999] },
    { ordersMax: 65 },
  ])
    assert.throws(
      () => wager.check({ ...PARAMS, ...change }),
      (thrown) => thrown instanceof ChainError && thrown.code === kindErrors.ParamsRefused.code,
    );
});

test("a wager goes to the store and back, settles once, and stops the node when unsound", () => {
  const { state: settled } = wager.step(closed(), SET, evaluate, 1);
  const paid = wager.payouts(settled).state;
  for (const state of [wager.open(PARAMS), closed(), settled, paid])
    assert.deepEqual(wager.state.decode(wager.state.encode(state)), state);
  assert.throws(() => wager.state.decode(new Uint8Array()), DecodeError);
  assert.equal(kindOf("wager/1")?.id, "wager/1");
  assert.deepEqual(wager.step(settled, SET, evaluate, 1), { state: settled, done: true, attributions: [] });
  assert.throws(() => wager.step(wager.open(PARAMS), SET, evaluate, 1), ChainBug);
  assert.throws(() => wager.step(closed(), { ...SET, priorScorePpm: 1_000_001 }, evaluate, 1), ChainBug);
  assert.throws(() => wager.payouts(paid), ChainBug);
  const vault = 2003n * TOKEN;
  wager.assertSound(settled, vault);
  assert.throws(() => wager.assertSound(settled, vault + 1n), ChainBug);
  const positions = settled.positions.map((held) => ({ ...held, gain: held.deposit * 2n }));
  assert.throws(() => wager.assertSound({ ...settled, positions }, vault), ChainBug);
});
