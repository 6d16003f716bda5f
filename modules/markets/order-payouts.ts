import { assert } from "#chain/kernel/error.ts";
import type { Distribution, Payout } from "./kind.ts";
import type { Book, Position, Terms } from "./order-state.ts";

/** Sum of an amount over positions. */
export const sumOf = (positions: readonly Position[], amount: (position: Position) => bigint): bigint =>
  positions.reduce((sum, position) => sum + amount(position), 0n);

/** What the vault of the market holds: subsidy, bounds and fees, until the market is paid out or void. */
const heldBy = (s: Book<Terms>): bigint =>
  s.phase === "paid" || s.phase === "void" ? 0n : s.subsidy + sumOf(s.positions, (p) => p.bound + p.fee);

/** Stops the node unless the vault holds exactly what the books say. */
export const assertVault = (s: Book<Terms>, vault: bigint): void =>
  assert(vault === heldBy(s), "the vault holds what the market's books say");

/** Stops the node when an order has lost more than its deposit, or a forfeited one earned or lost. */
export function assertLosses({ positions }: Book<Terms>): void {
  for (const { gain, deposit, isForfeited } of positions)
    assert(isForfeited ? gain === 0n : gain >= -deposit, "no order loses more than its deposit");
}

/** The orders that are not forfeited. */
export const live = (s: Book<Terms>): Position[] => s.positions.filter((position) => !position.isForfeited);
const forfeited = (s: Book<Terms>): Position[] => s.positions.filter((position) => position.isForfeited);

/** Splits the vault of a settled market: each live order gets its bound and its gain. */
export function payouts<S extends Book<Terms>>(
  s: S,
): { readonly state: S; readonly distribution: Distribution } {
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
export function voidMarket<S extends Book<Terms>>(
  s: S,
): { readonly state: S; readonly distribution: Distribution } {
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
