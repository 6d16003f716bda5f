import { assert } from "#chain/kernel/error.ts";
import { WAD } from "#chain/math/fixed.ts";
import type { Distribution, Payout } from "../kind.ts";
import type { Position, State } from "./state.ts";

const sumOf = (positions: readonly Position[], amount: (position: Position) => bigint): bigint =>
  positions.reduce((sum, position) => sum + amount(position), 0n);

/** What the vault of the market holds: subsidy, bounds and fees, until the market is paid out or void. */
const heldBy = (s: State): bigint =>
  s.phase === "paid" || s.phase === "void" ? 0n : s.subsidy + sumOf(s.positions, (p) => p.bound + p.fee);

const live = (s: State): Position[] => s.positions.filter((position) => !position.isForfeited);
const forfeited = (s: State): Position[] => s.positions.filter((position) => position.isForfeited);

/** Splits the vault of a settled market: each live order gets its bound and its gain. */
export function payouts(s: State): { readonly state: State; readonly distribution: Distribution } {
  assert(s.phase === "settled", "only a settled market pays, and once");
  const paid = live(s).map(({ operator, bound, gain }): Payout => ({ operator, amount: bound + gain, gain }));
  const distribution = {
    payouts: paid,
    residual: s.subsidy - sumOf(s.positions, (position) => position.gain),
    fees: sumOf(s.positions, (position) => position.fee),
    forfeits: sumOf(forfeited(s), (position) => position.bound),
  };
  return { state: { ...s, phase: "paid" }, distribution };
}

/**
 * Sends everything back but what was forfeited. Refused once the market is closed: losers have no way out.
 */
export function voidMarket(s: State): { readonly state: State; readonly distribution: Distribution } {
  assert(s.phase === "open", "a market cannot be void once predictions are fixed");
  const returned = live(s).map(
    ({ operator, bound, fee }): Payout => ({ operator, amount: bound + fee, gain: 0n }),
  );
  const distribution = {
    payouts: returned,
    residual: s.subsidy,
    fees: sumOf(forfeited(s), (position) => position.fee),
    forfeits: sumOf(forfeited(s), (position) => position.bound),
  };
  return { state: { ...s, phase: "void" }, distribution };
}

/** Every item's prices are positive and sum to exactly one. */
function assertSimplices(prices: readonly bigint[], classes: number): void {
  for (let at = 0; at < prices.length; at += classes) {
    let sum = 0n;
    for (let k = 0; k < classes; k++) {
      const price = prices[at + k] as bigint;
      assert(price > 0n, "prices are positive");
      sum += price;
    }
    assert(sum === WAD, "the prices of an item sum to one");
  }
}

/**
 * Stops the node unless the vault holds exactly what the books say, no order has lost more than its
 * deposit, the gains telescope to the difference of Φ, and the vault covers what live orders hold plus all
 * that is still to be won (−Φ).
 */
export function assertSound(s: State, vault: bigint): void {
  assert(vault === heldBy(s), "the vault holds what the market's books say");
  if (!s.crank || s.phase === "paid" || s.phase === "void") return;
  const { potential, potentialStart, prices } = s.crank;
  assert(-s.subsidy <= potentialStart && potential <= 0n, "Φ lies between −S and 0");
  for (const { gain, deposit, isForfeited } of s.positions)
    assert(isForfeited ? gain === 0n : gain >= -deposit, "no order loses more than its deposit");
  const gains = sumOf(s.positions, (position) => position.gain);
  assert(gains === potential - potentialStart, "gains telescope to the difference of Φ");
  const owed = sumOf(live(s), (position) => position.bound + position.gain) - potential;
  assert(vault >= owed, "the vault covers every possible payout");
  assertSimplices(prices, s.params.classes);
}
