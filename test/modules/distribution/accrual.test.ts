import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ATTO, EMPTY, earn, earned, PARTS, type Purse, split, taken } from "#modules/distribution/accrual.ts";

/** Fractions of a base unit that the reference counts in: far finer than what it judges. */
const FINE = 10n ** 60n;

/** A delegation, as the module keeps it and as the reference does. */
interface Delegation {
  shares: bigint;
  mark: bigint;
  /** 10⁻¹⁸ base units that were withdrawn. */
  paid: bigint;
  /** Stake and rewards of the reference, in `FINE`-ths of a base unit. */
  stake: bigint;
  fair: bigint;
}

/** One validator with the module's purse, beside it every delegator's own stake and rewards, one by one. */
class Model {
  purse: Purse = EMPTY;
  shares = 0n;
  sharesMax = 0n;
  rewards = 0n;
  readonly rate: bigint;
  readonly delegations: Delegation[];

  constructor(rate: bigint, count: number) {
    this.rate = rate;
    const nobody = { shares: 0n, mark: 0n, paid: 0n, stake: 0n, fair: 0n };
    this.delegations = Array.from({ length: count }, () => ({ ...nobody }));
  }

  withdraw(one: Delegation): void {
    one.paid += earned(this.purse, one.mark, one.shares);
    this.purse = taken(this.purse, one.mark, one.shares);
    one.mark = this.purse.perShare;
  }

  staked(): bigint {
    return this.delegations.reduce((sum, { stake }) => sum + stake, 0n);
  }

  delegate(one: Delegation, tokens: bigint): void {
    this.withdraw(one);
    const bought = this.shares === 0n ? tokens * ATTO : (this.shares * tokens * FINE) / this.staked();
    one.shares += bought;
    one.stake += tokens * FINE;
    this.shares += bought;
    if (this.shares > this.sharesMax) this.sharesMax = this.shares;
  }

  undelegate(one: Delegation): void {
    this.withdraw(one);
    this.shares -= one.shares;
    one.shares = 0n;
    one.stake = 0n;
  }

  slash(percent: bigint): void {
    for (const one of this.delegations) one.stake -= (one.stake * percent) / 100n;
  }

  reward(amount: bigint): void {
    if (this.shares === 0n) return;
    this.purse = earn(this.purse, amount, this.rate, this.shares);
    this.rewards += amount;
    const shared = amount * ATTO - amount * this.rate;
    const staked = this.staked();
    for (const one of this.delegations) one.fair += (shared * one.stake * FINE) / staked / ATTO / ATTO;
  }

  /** Nothing is lost: what is outstanding is owed to the last part of 10⁻³⁶. */
  check(): void {
    const { outstanding, commission, perShare, rest } = this.purse;
    const due = this.delegations.reduce((sum, { mark, shares }) => sum + (perShare - mark) * shares, 0n);
    assert.equal((outstanding - commission) * PARTS, rest + due);
    const paid = this.delegations.reduce((sum, one) => sum + one.paid, 0n);
    assert.equal(outstanding + paid, this.rewards);
  }
}

const TOKENS = fc.bigInt(1n, 10n ** 15n);
const who = fc.nat(4);
type Step = (model: Model) => void;
const at = (model: Model, i: number): Delegation => model.delegations[i] as Delegation;
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(who, TOKENS).map(
    ([i, tokens]): Step =>
      (model) =>
        model.delegate(at(model, i), tokens),
  ),
  who.map(
    (i): Step =>
      (model) =>
        model.undelegate(at(model, i)),
  ),
  who.map(
    (i): Step =>
      (model) =>
        model.withdraw(at(model, i)),
  ),
  fc.bigInt(0n, 50n).map(
    (percent): Step =>
      (model) =>
        model.slash(percent),
  ),
  ...[0, 1, 2].map(() =>
    fc.bigInt(0n, 10n ** 30n).map(
      (amount): Step =>
        (model) =>
          model.reward(amount),
    ),
  ),
);

test("whatever is staked, slashed and withdrawn, all get their fair part and no unit is lost", () => {
  fc.assert(
    fc.property(fc.bigInt(0n, ATTO), fc.array(step, { maxLength: 60 }), (rate, steps) => {
      const model = new Model(rate, 5);
      for (const run of steps) {
        run(model);
        model.check();
      }
      for (const one of model.delegations) model.withdraw(one);
      model.check();
      for (const { paid, fair } of model.delegations) {
        const expected = (fair * ATTO) / FINE;
        const off = paid > expected ? paid - expected : expected - paid;
        // Shares are whole numbers of 10⁻¹⁸, and less than a part for each of them waits.
        const least = model.rewards / 10n ** 15n + (4n * model.sharesMax) / PARTS + 1_000n;
        assert.ok(off <= least, `off by ${off} of ${expected}`);
      }
    }),
    { numRuns: 300 },
  );
});

test("in whatever order delegators withdraw, they get the same", () => {
  const order = fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 });
  fc.assert(
    fc.property(fc.array(TOKENS, { minLength: 5, maxLength: 5 }), TOKENS, order, (stakes, amount, turns) => {
      const paid = (indices: readonly number[]): bigint[] => {
        const model = new Model(0n, 5);
        for (const [i, tokens] of stakes.entries()) model.delegate(at(model, i), tokens);
        model.reward(amount * ATTO);
        for (const i of indices) model.withdraw(at(model, i));
        return model.delegations.map((one) => one.paid);
      };
      assert.deepEqual(paid(turns), paid([0, 1, 2, 3, 4]));
    }),
  );
});

test("a reward too small for everybody's part waits until there is enough of it", () => {
  const shares = 10n ** 50n;
  const once = earn(EMPTY, 1n, 0n, shares);
  assert.deepEqual([once.perShare, once.rest, once.outstanding], [0n, PARTS, 1n]);
  const later = earn(once, 10n ** 40n, 0n, shares);
  assert.equal(earned(later, 0n, shares), 10n ** 40n);
  assert.equal(taken(later, 0n, shares).outstanding, 1n);
});

test("commission is taken at its rate, rounded down", () => {
  const { commission, outstanding } = earn(EMPTY, 999n, ATTO / 10n, ATTO);
  assert.deepEqual([commission, outstanding], [99n, 999n]);
  assert.deepEqual(split(25n * ATTO + 7n), { whole: 25n, dust: 7n });
});
