import assert from "node:assert/strict";
import { test } from "node:test";
import { ChainBug, ChainError, type ErrorFactory } from "#chain/kernel/error.ts";
import { DecodeError } from "#chain/proto/error.ts";
import type { Trade } from "#modules/markets/kind.ts";
import { kindErrors } from "#modules/markets/kind-errors.ts";
import { kindOf } from "#modules/markets/kinds.ts";
import { lmsr } from "#modules/markets/lmsr/kind.ts";
import type { Params } from "#modules/markets/lmsr/params.ts";
import type { State } from "#modules/markets/lmsr/state.ts";
import { TOKEN } from "./lmsr-rounds.ts";
import { checkShareRounds } from "./share-checks.ts";

const SEED = 0x9e3779b97f4a7c15n;
const PARAMS: Params = { classes: 2, liquidity: 1000n * TOKEN, feePpm: 0, holdersMax: 100 };

const buy = (outcome: number, shares: bigint, limitPpm = 0): Trade => ({
  outcome,
  shares,
  isSale: false,
  limitPpm,
});
const sell = (outcome: number, shares: bigint, limitPpm = 0): Trade => ({
  ...buy(outcome, shares, limitPpm),
  isSale: true,
});
const failsWith = (error: ErrorFactory, attempt: () => unknown): void =>
  assert.throws(attempt, (thrown) => thrown instanceof ChainError && thrown.code === error.code);
const open = (change: Partial<Params> = {}): State => lmsr.open({ ...PARAMS, ...change });

test("1,000 random markets keep every invariant, whatever is tried", (t) => {
  const counts = checkShareRounds(SEED, 1_000);
  t.diagnostic(`seed ${SEED}: ${JSON.stringify(counts)}`);
  assert.ok(counts.traded > 1_000 && counts.refused > 300 && counts.void > 30);
});

// b = 1000, K = 2. Ĉ(0) = 1000 ln 2 = 693.147181. 100 shares of outcome 1 cost 1000 ln((1 + e^0.1)/2) =
// 51.249480, which leaves its price at e^0.1/(1 + e^0.1) = .524979. 50 more cost 1000 ln((1 + e^0.15) /
// (1 + e^0.1)) = 26.560388. Shares of .75 then bring 75 and 37.5.
test("the worked example: prices and costs are those of the formula", () => {
  const start = open();
  assert.equal(lmsr.subsidy(PARAMS), 693_147_181n);
  assert.deepEqual(lmsr.prices(start), [500_000, 500_000]);
  const first = lmsr.trade(start, undefined, buy(1, 100n * TOKEN));
  const exact = 1e9 * Math.log((1 + Math.exp(0.1)) / 2);
  assert.equal(first.paid, 51_249_480n);
  assert.ok(Math.abs(Number(first.paid) - exact) < 2);
  assert.deepEqual(first.quote.pricesPpm, [475_020, 524_979]);
  const second = lmsr.trade(first.state, undefined, buy(1, 50n * TOKEN));
  assert.ok(Math.abs(Number(second.paid) - 1e9 * Math.log((1 + Math.exp(0.15)) / (1 + Math.exp(0.1)))) < 2);
  const closed = lmsr.close(second.state, [250_000, 750_000]);
  const one = lmsr.redeem(closed, first.holding);
  assert.equal(one.amount, 75n * TOKEN);
  const other = lmsr.redeem(one.state, second.holding);
  assert.equal(other.amount, 37_500_000n);
  const { distribution } = lmsr.finish(other.state);
  assert.equal(distribution.residual, 693_147_181n + first.paid + second.paid - 112_500_000n);
});

test("a fee is paid on purchases and sales, and a round trip costs exactly the two", () => {
  const start = open({ feePpm: 10_000 });
  const bought = lmsr.trade(start, undefined, buy(0, 100n * TOKEN));
  assert.equal(bought.quote.fee, 512_495n);
  assert.equal(bought.paid, 51_249_480n + 512_495n);
  const sold = lmsr.trade(bought.state, bought.holding, sell(0, 100n * TOKEN));
  assert.equal(sold.paid, 0n);
  assert.deepEqual(sold.holding, {
    shares: [0n, 0n],
    credit: 51_249_480n - 512_495n,
    paidIn: 51_761_975n,
    fees: 2n * 512_495n,
  });
  // What sales brought pays for the next purchase before the purse does.
  const again = lmsr.trade(sold.state, sold.holding, buy(1, 100n * TOKEN));
  assert.equal(again.paid, 2n * 512_495n);
  assert.equal(again.holding.credit, 0n);
});

test("a limit price fills as much as the price allows and no share more", () => {
  const filled = lmsr.quote(open(), undefined, buy(1, 1000n * TOKEN, 600_000));
  // b·ln(.6/.4) = 405.465108 tokens.
  assert.equal(filled.shares, 405_465_108n);
  assert.deepEqual(filled.pricesPpm, [400_000, 599_999]);
  const { state, holding } = lmsr.trade(open(), undefined, buy(1, 1000n * TOKEN, 600_000));
  failsWith(kindErrors.LimitReached, () => lmsr.quote(state, holding, buy(1, 1n, 600_000)));
  failsWith(kindErrors.LimitReached, () => lmsr.quote(state, holding, buy(1, 1n, 1_000_000)));
  const back = lmsr.quote(state, holding, sell(1, 405_465_108n, 550_000));
  assert.equal(back.shares, 204_794_412n);
  assert.ok((back.pricesPpm[1] as number) >= 550_000);
  failsWith(kindErrors.LimitReached, () => lmsr.quote(state, holding, sell(1, 1n, 600_000)));
  assert.equal(lmsr.quote(state, holding, buy(1, 5n, 900_000)).shares, 5n);
});

test("trades that a market does not take are refused", () => {
  const { state, holding } = lmsr.trade(open({ holdersMax: 1 }), undefined, buy(1, 100n * TOKEN));
  failsWith(kindErrors.OutcomeUnknown, () => lmsr.quote(state, holding, buy(2, 1n)));
  failsWith(kindErrors.TradeTooSmall, () => lmsr.quote(state, holding, buy(0, 0n)));
  failsWith(kindErrors.SharesMissing, () => lmsr.quote(state, holding, sell(1, 100n * TOKEN + 1n)));
  failsWith(kindErrors.SharesMissing, () => lmsr.quote(state, undefined, sell(1, 1n)));
  failsWith(kindErrors.OutOfRange, () => lmsr.quote(state, holding, buy(0, 40_000n * TOKEN + 1n)));
  failsWith(kindErrors.HoldersFull, () => lmsr.trade(state, undefined, buy(0, TOKEN)));
  const far = lmsr.trade(open(), undefined, buy(0, 40_000n * TOKEN));
  // A share of the other outcome is worth e^−40 of a unit.
  failsWith(kindErrors.TradeTooSmall, () => lmsr.quote(far.state, undefined, buy(1, 1_000n * TOKEN)));
});

test("every parameter is accepted at its bounds and refused beyond them", () => {
  lmsr.check({ classes: 16, liquidity: 10n ** 15n, feePpm: 50_000, holdersMax: 10_000 });
  lmsr.check({ classes: 2, liquidity: 10n ** 6n, feePpm: 0, holdersMax: 1 });
  for (const change of [
    { classes: 1 },
    { classes: 17 },
    { liquidity: 10n ** 6n - 1n },
    { liquidity: 10n ** 15n + 1n },
    { feePpm: 50_001 },
    { holdersMax: 0 },
    { holdersMax: 10_001 },
  ])
    failsWith(kindErrors.ParamsRefused, () => lmsr.check({ ...PARAMS, ...change }));
});

test("a short pool shrinks the liquidity to what it covers, a shorter one skips the round", () => {
  const budget = 500n * TOKEN;
  const params = lmsr.forRound(PARAMS, { budget, liquidityMin: TOKEN });
  assert.ok(params && lmsr.subsidy(params) <= budget);
  assert.ok(lmsr.subsidy({ ...params, liquidity: params.liquidity + 2n }) > budget);
  assert.equal(lmsr.forRound(PARAMS, { budget, liquidityMin: 900n * TOKEN }), undefined);
  assert.equal(lmsr.forRound(PARAMS, { budget: 1n, liquidityMin: 0n }), undefined);
  assert.deepEqual(lmsr.forRound(PARAMS, { budget: 694n * TOKEN, liquidityMin: TOKEN }), PARAMS);
});

test("a market goes to the store and back at every stage, and no other bytes do", () => {
  const traded = lmsr.trade(open({ feePpm: 3_000 }), undefined, buy(1, 100n * TOKEN));
  const closed = lmsr.close(traded.state, [1_000_000, 0]);
  const redeemed = lmsr.redeem(closed, traded.holding).state;
  for (const state of [
    open(),
    traded.state,
    closed,
    lmsr.finish(redeemed).state,
    lmsr.void(traded.state).state,
  ])
    assert.deepEqual(lmsr.state.decode(lmsr.state.encode(state)), state);
  assert.deepEqual(lmsr.params.decode(lmsr.params.encode(PARAMS)), PARAMS);
  assert.throws(() => lmsr.state.decode(new Uint8Array()), DecodeError);
  const short = lmsr.state.encode({ ...open(), shares: [0n] });
  assert.throws(() => lmsr.state.decode(short), DecodeError);
  assert.equal(kindOf("lmsr/1")?.trades, "shares");
});

test("a void market gives everybody back what it paid in, also to who has sold at a profit", () => {
  const ann = lmsr.trade(open({ feePpm: 3_000 }), undefined, buy(1, 100n * TOKEN));
  const ben = lmsr.trade(ann.state, undefined, buy(1, 900n * TOKEN));
  const sold = lmsr.trade(ben.state, ann.holding, sell(1, 100n * TOKEN));
  assert.ok(sold.holding.credit > ann.paid);
  const ended = lmsr.void(sold.state);
  assert.equal(ended.residual, lmsr.subsidy(PARAMS));
  const first = lmsr.refund(ended.state, sold.holding);
  const second = lmsr.refund(first.state, ben.holding);
  assert.deepEqual([first.amount, second.amount], [ann.paid, ben.paid]);
  lmsr.assertSound(second.state, 0n);
  assert.throws(() => lmsr.assertSound(second.state, 1n), ChainBug);
});

test("nothing happens twice or out of turn", () => {
  const { state, holding } = lmsr.trade(open(), undefined, buy(1, 100n * TOKEN));
  const closed = lmsr.close(state, [500_000, 500_000]);
  assert.throws(() => lmsr.quote(closed, holding, buy(1, TOKEN)), ChainBug);
  assert.throws(() => lmsr.close(closed, [500_000, 500_000]), ChainBug);
  assert.throws(() => lmsr.close(state, [500_000, 499_999]), ChainBug);
  assert.throws(() => lmsr.void(closed), ChainBug);
  assert.throws(() => lmsr.redeem(state, holding), ChainBug);
  assert.throws(() => lmsr.refund(closed, holding), ChainBug);
  assert.throws(() => lmsr.finish(closed), ChainBug);
  const { state: redeemed } = lmsr.redeem(closed, holding);
  assert.throws(() => lmsr.redeem(redeemed, holding), ChainBug);
  assert.throws(() => lmsr.finish(lmsr.finish(redeemed).state), ChainBug);
});

test("an unsound vault stops the node", () => {
  const { state, paid, holding } = lmsr.trade(open({ feePpm: 3_000 }), undefined, buy(1, 100n * TOKEN));
  const vault = lmsr.subsidy(PARAMS) + paid;
  lmsr.assertSound(state, vault);
  assert.throws(() => lmsr.assertSound(state, vault - 1n), ChainBug);
  assert.throws(() => lmsr.assertSound({ ...state, shares: [0n, 101n * TOKEN] }, vault), ChainBug);
  const closed = lmsr.close(state, [0, 1_000_000]);
  lmsr.assertSound(closed, vault);
  assert.throws(() => lmsr.assertSound({ ...closed, shares: [0n, 800n * TOKEN] }, vault), ChainBug);
  assert.equal(lmsr.redeem(closed, holding).amount, 100n * TOKEN);
});
