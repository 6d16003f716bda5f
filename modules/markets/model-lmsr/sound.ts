import { assert } from "#chain/kernel/error.ts";
import { WAD } from "#chain/math/fixed.ts";
import { assertLosses, assertVault, live, sumOf } from "../order-payouts.ts";
import type { State } from "./state.ts";

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
  assertVault(s, vault);
  if (!s.crank || s.phase === "paid" || s.phase === "void") return;
  const { potential, potentialStart, prices } = s.crank;
  assert(-s.subsidy <= potentialStart && potential <= 0n, "Φ lies between −S and 0");
  assertLosses(s);
  const gains = sumOf(s.positions, (position) => position.gain);
  assert(gains === potential - potentialStart, "gains telescope to the difference of Φ");
  const owed = sumOf(live(s), (position) => position.bound + position.gain) - potential;
  assert(vault >= owed, "the vault covers every possible payout");
  assertSimplices(prices, s.params.classes);
}
