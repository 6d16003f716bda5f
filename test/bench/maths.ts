import { expDown, lnDown, WAD } from "#chain/math/fixed.ts";
import { type Effort, ratePerSecond } from "./measure.ts";

const COUNTS = { full: 200_000, quick: 5_000 };

/** How fast one thread computes e^−x for x from 0 to 40 and ln p for p from 0 to 1, in 18 decimals. */
export function benchMaths(effort: Effort): { readonly expPerSecond: number; readonly lnPerSecond: number } {
  const count = COUNTS[effort];
  const steps = BigInt(count);
  const arguments_ = Array.from({ length: count }, (_, i) => (-40n * WAD * BigInt(i)) / steps);
  const prices = Array.from({ length: count }, (_, i) => (WAD * BigInt(i + 1)) / (steps + 1n));
  return {
    expPerSecond: ratePerSecond(count, (i) => expDown(arguments_[i] as bigint)),
    lnPerSecond: ratePerSecond(count, (i) => lnDown(prices[i] as bigint)),
  };
}
