import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { larger, smaller } from "#chain/math/bounds.ts";
import { WAD } from "#chain/math/fixed.ts";
import { mulDiv, splitExact } from "#chain/math/mul-div.ts";
import { kappa, moveTowards } from "#modules/markets/model-lmsr/move.ts";
import { predictionOf } from "#modules/markets/order-predictions.ts";
import { PARAMS, play, type Round, TOKEN } from "./lmsr-rounds.ts";

const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);

const weightsOf = (classes: number) =>
  fc.array(fc.bigInt({ min: 1n, max: 1n << 40n }), { minLength: classes, maxLength: classes });
const kappas = fc.oneof(fc.bigInt({ min: WAD / 3n, max: WAD }), fc.constant(WAD));
/** A price vector, a prediction of every class at or above 65535ths, and κ. */
const moves = fc.integer({ min: 2, max: 16 }).chain((classes) =>
  fc.record({
    p: weightsOf(classes).map((weights) => splitExact(WAD, weights)),
    q: weightsOf(classes).map((weights) =>
      splitExact(65535n - 66n * BigInt(classes), weights).map((x) => x + 66n),
    ),
    factor: kappas,
  }),
);

test("a move stays in the simplex and never divides a price by more than 1/κ", () => {
  fc.assert(
    fc.property(moves, ({ p, q, factor }) => {
      fc.pre(p.every((price) => price > 0n));
      const moved = moveTowards(p, q, factor);
      assert.equal(sum(moved), WAD);
      for (const [k, price] of moved.entries())
        assert.ok(price * WAD >= factor * (p[k] as bigint) && price > 0n);
    }),
    { numRuns: 1000 },
  );
});

test("a move is the projection: what is above its floor is in proportion to the prediction", () => {
  fc.assert(
    fc.property(moves, ({ p, q, factor }) => {
      const moved = moveTowards(p, q, factor);
      const floors = p.map((price) => mulDiv(factor, price, WAD, "up"));
      for (const [i, price] of moved.entries()) {
        if (price <= (floors[i] as bigint) + 16n) continue;
        for (const [j, other] of moved.entries())
          assert.ok((price - 16n) * (q[j] as bigint) <= (other + 1n) * (q[i] as bigint), "p_i/q_i ≤ p_j/q_j");
      }
    }),
    { numRuns: 1000 },
  );
});

test("for two classes a move is the clamp of the prediction on what the deposit can buy", () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 1n, max: WAD - 1n }),
      fc.bigInt({ min: 1n, max: 65534n }),
      kappas,
      (p1, q1, factor) => {
        const [, moved] = moveTowards([WAD - p1, p1], [65535n - q1, q1], factor);
        const least = mulDiv(factor, p1, WAD, "up");
        const most = WAD - mulDiv(factor, WAD - p1, WAD, "up");
        const target = mulDiv(q1, WAD, 65535n, "down");
        const expected = smaller(larger(target, least), most);
        const difference = (moved as bigint) - expected;
        assert.ok(difference === 0n || difference === 1n);
      },
    ),
    { numRuns: 1000 },
  );
});

test("a model that says the current price moves nothing but rounding", () => {
  const moved = moveTowards([WAD / 5n, (WAD * 4n) / 5n], [13107n, 52428n], WAD / 2n);
  assert.deepEqual(moved, [WAD / 5n, (WAD * 4n) / 5n]);
});

test("κ covers the deposit less what rounding may cost, and is one for a deposit of dust", () => {
  assert.equal(kappa(PARAMS, 16n), WAD);
  assert.equal(kappa(PARAMS, 1n), WAD);
  const half = kappa(PARAMS, 500n * TOKEN);
  assert.ok(half > 606530659n * 10n ** 9n && half < 606530680n * 10n ** 9n); // e^-0.5 and a little more
});

test("class 0 is what the other classes leave of 65535", () => {
  assert.deepEqual(predictionOf([1, 2, 3, 4], 1, 3), [65535n - 7n, 3n, 4n]);
});

/** A round of one order that predicts the labels' class with the given 65535ths, two classes. */
function single(
  odds: readonly number[],
  labels: readonly number[],
  deposit: bigint,
  liquidity: bigint,
): Round {
  return {
    params: { ...PARAMS, liquidity, depositMin: liquidity / 20n, depositMax: liquidity, slices: 3 },
    traders: [
      {
        operator: "ann",
        bound: deposit,
        deposit,
        fate: "settles",
        predictions: labels.map((label, i) =>
          label === 1 ? (odds[i] as number) : 65535 - (odds[i] as number),
        ),
        scorePpm: 0,
      },
    ],
    set: {
      weights: labels.map(() => 1n),
      totalWeight: BigInt(labels.length),
      labels,
      members: labels.map(() => 0),
      priorScorePpm: 0,
    },
    seed: new Uint8Array(32),
    isVoid: false,
  };
}

test("alone in the market, a model that is better on every item earns at least as much", () => {
  const odds = fc.integer({ min: 656, max: 65535 - 656 });
  const items = fc.array(fc.tuple(odds, odds, fc.integer({ min: 0, max: 1 })), {
    minLength: 1,
    maxLength: 6,
  });
  const cases = fc.tuple(items, fc.bigInt({ min: 50n, max: 1000n }), fc.constantFrom(TOKEN, 10n ** 15n));
  fc.assert(
    fc.property(cases, ([rows, perMille, b]) => {
      const labels = rows.map(([, , label]) => label);
      const deposit = (b * perMille) / 1000n;
      const gainOf = (values: readonly number[]): bigint =>
        play(single(values, labels, deposit, b), 100).distribution.payouts[0]?.gain as bigint;
      const better = gainOf(rows.map(([x, y]) => Math.max(x, y)));
      assert.ok(better >= gainOf(rows.map(([x, y]) => Math.min(x, y))));
    }),
  );
});

test("a model that says what is priced already earns nothing", () => {
  const round = single([32768], [1], 500n * TOKEN, 1000n * TOKEN);
  const copied = { ...(round.traders[0] as Round["traders"][number]), operator: "bob" };
  const { distribution } = play({ ...round, traders: [...round.traders, copied] }, 100);
  const gains = distribution.payouts.map(({ gain }) => gain);
  assert.ok(gains.some((gain) => gain === 0n) && sum(gains) <= 16_000n); // b·ln(32768/32767.5)
});
