import assert from "node:assert/strict";
import type { OrderKind } from "#modules/markets/kind.ts";
import { modelLmsr } from "#modules/markets/model-lmsr/kind.ts";
import type { Terms } from "#modules/markets/order-state.ts";
import { wager } from "#modules/markets/wager/kind.ts";
import type { Params as WagerParams } from "#modules/markets/wager/params.ts";
import {
  type Outcome,
  playKind,
  type Random,
  type Round,
  randomFrom,
  randomRound,
  randomWager,
} from "./lmsr-rounds.ts";

export const total = (values: Iterable<bigint>): bigint =>
  [...values].reduce((sum, value) => sum + value, 0n);

/** What must hold at the end of any round of orders, by the numbers of the design. */
function checkOutcome<P extends Terms, S>(kind: OrderKind<P, S>, round: Round<P>, outcome: Outcome<S>): void {
  const { balances, distribution } = outcome;
  const subsidy = kind.subsidy(round.params);
  assert.equal(total(balances.values()), 0n, "I2 nothing is minted or lost");
  assert.ok((balances.get("community") as bigint) >= -subsidy, "I3 the community loses at most S");
  if (round.isVoid) {
    assert.equal(balances.get("community"), 0n, "I9 a void round costs the community nothing");
    for (const { operator, fate } of round.traders)
      if (fate !== "is not opened") assert.equal(balances.get(operator), 0n, "I9 a void round costs nothing");
    return;
  }
  const gained = total(distribution.payouts.map(({ gain }) => gain));
  assert.equal(distribution.residual, subsidy - gained, "I4 what operators gain the community pays");
  assert.ok(distribution.residual >= 0n, "I5 the residual is not negative");
  for (const { operator, bound, deposit, fate } of round.traders) {
    const payout = distribution.payouts.find((paid) => paid.operator === operator);
    if (fate !== "settles") assert.equal(payout, undefined, "I9 nothing refunds a forfeited order");
    else assert.ok((payout?.amount as bigint) >= bound - deposit, "I3 an operator loses at most its deposit");
  }
  if (distribution.payouts.length === 0) assert.equal(balances.get("community"), 0n, "I9 no trade, no cost");
}

/** How much a run of random rounds has seen. */
interface Counts {
  void: number;
  orders: number;
  forfeited: number;
  moves: number;
}

function checkRounds<P extends Terms, S>(
  count: number,
  kind: OrderKind<P, S>,
  next: () => Round<P>,
  further: (round: Round<P>, whole: Outcome<S>) => void,
): Readonly<Counts> {
  const counts: Counts = { void: 0, orders: 0, forfeited: 0, moves: 0 };
  for (let i = 0; i < count; i++) {
    const round = next();
    const whole = playKind(kind, round, Number.MAX_SAFE_INTEGER);
    checkOutcome(kind, round, whole);
    assert.deepEqual(playKind(kind, round, i % 2 === 0 ? 1 : 7), whole, "I12 the budget changes nothing");
    if (!round.isVoid) further(round, whole);
    counts.void += round.isVoid ? 1 : 0;
    counts.orders += round.traders.length;
    counts.forfeited += round.traders.filter(({ fate }) => fate !== "settles").length;
    counts.moves += whole.moves;
  }
  return counts;
}

/** Plays random rounds of `model-lmsr/1`; throws at the first that breaks an invariant. */
export function checkModelRounds(seed: bigint, count: number): Readonly<Counts> {
  const random = randomFrom(seed);
  return checkRounds(
    count,
    modelLmsr,
    () => randomRound(random),
    ({ params }, { state, distribution }) => {
      const { potential = 0n, potentialStart = 0n } = state.crank ?? {};
      const gained = total(distribution.payouts.map(({ gain }) => gain));
      assert.equal(gained, potential - potentialStart, "I4 gains telescope");
      assert.ok(potential <= 0n && potentialStart >= -modelLmsr.subsidy(params));
      assert.ok(distribution.residual >= -potential, "I5 what nobody won returns");
    },
  );
}

/** The order of orders, splitting one in two, and a better score: what they may do to a wager. */
function checkWager(random: Random, round: Round<WagerParams>) {
  const gainsOf = (traders: Round["traders"]) =>
    new Map(
      playKind(wager, round, 1, traders).distribution.payouts.map((paid) => [paid.operator, paid.gain]),
    );
  const before = gainsOf(round.traders);
  const shuffled = gainsOf(random.shuffled(round.traders));
  for (const [operator, gain] of before) assert.equal(shuffled.get(operator), gain, "I7 order is nothing");
  const [first] = round.traders.filter(({ fate }) => fate === "settles");
  if (!first) return;
  const rest = round.traders.filter((trader) => trader !== first);
  const better = gainsOf([
    { ...first, scorePpm: Math.min(1_000_000, first.scorePpm + 1 + random.below(1000)) },
    ...rest,
  ]);
  const own = before.get(first.operator) as bigint;
  assert.ok((better.get(first.operator) as bigint) >= own, "I8 a better score earns no less");
  const { depositMin } = round.params;
  if (first.deposit < 2n * depositMin) return;
  const part = random.between(depositMin, first.deposit - depositMin);
  const split = gainsOf([
    { ...first, bound: part, deposit: part },
    { ...first, operator: "sybil", bound: first.deposit - part, deposit: first.deposit - part },
    ...rest,
  ]);
  const both = (split.get(first.operator) as bigint) + (split.get("sybil") as bigint);
  assert.ok(both <= own && own - both <= 1n, "I6 splitting a stake never pays");
}

/** Plays random rounds of `wager/1`; throws at the first that breaks an invariant. */
export function checkWagers(seed: bigint, count: number): Readonly<Counts> {
  const random = randomFrom(seed);
  const own = randomFrom(seed + 1n);
  return checkRounds(
    count,
    wager,
    () => randomWager(random),
    (round) => checkWager(own, round),
  );
}
