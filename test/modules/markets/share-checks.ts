import assert from "node:assert/strict";
import { ChainError } from "#chain/kernel/error.ts";
import { larger } from "#chain/math/bounds.ts";
import { lmsrCost } from "#chain/math/lmsr.ts";
import { splitExact } from "#chain/math/mul-div.ts";
import type { Holding, Trade } from "#modules/markets/kind.ts";
import { lmsr } from "#modules/markets/lmsr/kind.ts";
import type { Params } from "#modules/markets/lmsr/params.ts";
import type { State } from "#modules/markets/lmsr/state.ts";
import { type Random, randomFrom, TOKEN } from "./lmsr-rounds.ts";

/** A market of shares while it is played; money moves as a module would move it. */
class Exchange {
  state: State;
  vault = 0n;
  readonly balances = new Map<string, bigint>();
  readonly holdings = new Map<string, Holding>();
  traded = 0;
  refused = 0;
  /** Σ of what purchases cost less what sales brought. */
  spent = 0n;

  constructor(params: Params) {
    this.state = lmsr.open(params);
    this.pay("community", -lmsr.subsidy(params));
    lmsr.assertSound(this.state, this.vault);
  }

  pay(who: string, amount: bigint): void {
    this.balances.set(who, (this.balances.get(who) ?? 0n) + amount);
    this.vault -= amount;
  }

  become(state: State): void {
    this.state = state;
    lmsr.assertSound(state, this.vault);
  }

  /** Trades, or changes nothing where it is refused; says whether it did. */
  trade(who: string, wanted: Trade): boolean {
    try {
      const { state, holding, quote, paid } = lmsr.trade(this.state, this.holdings.get(who), wanted);
      assert.deepEqual(lmsr.quote(this.state, this.holdings.get(who), wanted), quote);
      this.holdings.set(who, holding);
      this.pay(who, -paid);
      this.become(state);
      this.spent += wanted.isSale ? -quote.cost : quote.cost;
      this.traded++;
      return true;
    } catch (error) {
      if (!(error instanceof ChainError)) throw error;
      this.refused++;
      return false;
    }
  }

  leave(kind: "redeem" | "refund", who: string): void {
    const { state, amount } = lmsr[kind](this.state, this.holdings.get(who) as Holding);
    this.pay(who, amount);
    this.become(state);
  }
}

function randomShares(random: Random): Params {
  return {
    classes: random.below(3) === 0 ? 2 + random.below(15) : 2 + random.below(3),
    liquidity: random.pick([TOKEN, 1000n * TOKEN, 123_456_789n, 10n ** 12n, 10n ** 15n]),
    feePpm: random.pick([0, 3000, 50_000]),
    holdersMax: random.pick([2, 10_000]),
  };
}

function randomTrade(random: Random, { classes, liquidity }: Params, held?: Holding): Trade {
  const outcome = random.below(classes);
  const own = held?.shares[outcome] ?? 0n;
  const isSale = own > 0n && random.below(2) === 0;
  const size = random.pick([1n, 1000n, liquidity / 100n, liquidity, 10n * liquidity, 41n * liquidity]);
  const shares = isSale
    ? random.pick([own, random.between(1n, own), own + 1n])
    : random.between(1n, size + 1n);
  return { outcome, shares, isSale, limitPpm: random.below(3) === 0 ? 1 + random.below(999_999) : 0 };
}

function randomOutcomes(random: Random, classes: number): number[] {
  const isSure = random.below(3) === 0;
  const weights = Array.from({ length: classes }, () => (isSure ? 0n : random.between(0n, 100n)));
  weights[random.below(classes)] = 100n;
  return splitExact(1_000_000n, weights).map(Number);
}

/** I6: who buys and sells the same again has lost exactly the fees, and the price is where it was. */
function checkRoundTrip(exchange: Exchange, random: Random): void {
  const { state } = exchange;
  const { feePpm, liquidity, classes } = state.params;
  const outcome = random.below(classes);
  const shares = random.between(1n, liquidity);
  try {
    const bought = lmsr.trade(state, undefined, { outcome, shares, isSale: false, limitPpm: 0 });
    const sold = lmsr.trade(bought.state, bought.holding, { outcome, shares, isSale: true, limitPpm: 0 });
    assert.equal(sold.quote.cost, bought.quote.cost);
    assert.equal(sold.holding.credit + sold.holding.fees, bought.paid);
    assert.deepEqual(sold.state.shares, state.shares);
    assert.ok(feePpm > 0 || sold.holding.fees === 0n);
  } catch (error) {
    if (!(error instanceof ChainError)) throw error;
  }
}

function endVoid(exchange: Exchange, order: readonly string[]): void {
  const { state, residual } = lmsr.void(exchange.state);
  exchange.pay("community", residual);
  exchange.become(state);
  for (const who of order) exchange.leave("refund", who);
  for (const [who, balance] of exchange.balances) assert.equal(balance, 0n, `I9 ${who} is as before`);
}

function endSettled(exchange: Exchange, order: readonly string[], outcomesPpm: readonly number[]): void {
  const subsidy = lmsr.subsidy(exchange.state.params);
  exchange.become(lmsr.close(exchange.state, outcomesPpm));
  for (const who of order) exchange.leave("redeem", who);
  const { state, distribution } = lmsr.finish(exchange.state);
  assert.ok(distribution.residual >= 0n, "I5 the residual is not negative");
  exchange.pay("community", distribution.residual);
  exchange.pay("treasury", distribution.fees);
  exchange.become(state);
  assert.equal(exchange.vault, 0n, "I2 nothing stays behind");
  assert.ok((exchange.balances.get("community") as bigint) >= -subsidy, "I3 the community loses at most S");
  for (const [who, { paidIn }] of exchange.holdings)
    assert.ok((exchange.balances.get(who) as bigint) >= -paidIn, "I3 a holder loses at most what it paid");
  if (order.length === 0) assert.equal(exchange.balances.get("community"), 0n, "I9 no trade, no cost");
}

/** One random market; what happened in it. */
function checkRound(random: Random): { traded: number; refused: number; isVoid: boolean } {
  const params = randomShares(random);
  const exchange = new Exchange(params);
  for (let left = random.below(16); left > 0; left--) {
    const who = `trader ${random.below(4)}`;
    exchange.trade(who, randomTrade(random, params, exchange.holdings.get(who)));
    const { shares } = exchange.state;
    const most = shares.reduce(larger, 0n);
    assert.ok(exchange.vault >= most, "I1 the vault covers the dearest outcome");
  }
  const cost = lmsrCost(exchange.state.shares, params.liquidity);
  assert.equal(exchange.spent, cost - lmsr.subsidy(params), "I4 the path is nothing");
  checkRoundTrip(exchange, random);
  const order = random.shuffled([...exchange.holdings.keys()]);
  const isVoid = random.below(10) === 0;
  if (isVoid) endVoid(exchange, order);
  else endSettled(exchange, order, randomOutcomes(random, params.classes));
  const { traded, refused } = exchange;
  return { traded, refused, isVoid };
}

/** Plays random markets of shares; throws at the first that breaks an invariant. */
export function checkShareRounds(seed: bigint, count: number) {
  const random = randomFrom(seed);
  const counts = { traded: 0, refused: 0, void: 0 };
  for (let i = 0; i < count; i++) {
    const { traded, refused, isVoid } = checkRound(random);
    counts.traded += traded;
    counts.refused += refused;
    counts.void += isVoid ? 1 : 0;
  }
  return counts;
}
