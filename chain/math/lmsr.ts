import { DomainError } from "./error.ts";
import { expUp, lnUp, WAD } from "./fixed.ts";
import { floorDiv, mulDiv } from "./mul-div.ts";

/**
 * Outcomes of one market are at most these, so that the error stays small and the sum in the domain of ln.
 */
const OUTCOMES_MAX = 256;

/**
 * Hanson's cost function, rounded up: Ĉ(q) = max q + ⌈b·ln Σ e^((q_i − max q)/b)⌉, never below the truth
 * and never more than 1 + (5·outcomes + 4)·10⁻¹⁸·b above it. Shifting all quantities by c shifts it by
 * exactly c.
 *
 * @param quantities shares sold of each outcome, any sign, in the base unit of b
 * @param liquidity b > 0
 * @throws DomainError on no or too many outcomes, or b ≤ 0
 */
export function lmsrCost(quantities: readonly bigint[], liquidity: bigint): bigint {
  if (quantities.length === 0 || quantities.length > OUTCOMES_MAX || liquidity <= 0n)
    throw new DomainError("not a market");
  let top = quantities[0] as bigint;
  for (const quantity of quantities) if (quantity > top) top = quantity;
  let sum = 0n;
  for (const quantity of quantities) sum += expUp(mulDiv(quantity - top, WAD, liquidity, "up"));
  return top - floorDiv(-liquidity * lnUp(sum), WAD);
}
