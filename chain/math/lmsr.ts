import { DomainError } from "./error.ts";
import { expDown, expUp, lnDown, lnUp, WAD } from "./fixed.ts";
import { floorDiv, mulDiv, type Rounding } from "./mul-div.ts";

/**
 * Outcomes of one market are at most these, so that the error stays small and the sum in the domain of ln.
 */
const OUTCOMES_MAX = 256;
const PPM = 1_000_000n;

function largest(quantities: readonly bigint[]): bigint {
  let top = quantities[0] as bigint;
  for (const quantity of quantities) if (quantity > top) top = quantity;
  return top;
}

function assertMarket(quantities: readonly bigint[], liquidity: bigint): void {
  if (quantities.length === 0 || quantities.length > OUTCOMES_MAX || liquidity <= 0n)
    throw new DomainError("not a market");
}

/** e^((q_i − top)/b) of each outcome, rounded up. */
const powersUp = (quantities: readonly bigint[], top: bigint, liquidity: bigint): bigint[] =>
  quantities.map((quantity) => expUp(mulDiv(quantity - top, WAD, liquidity, "up")));

const sumOf = (values: readonly bigint[]): bigint => values.reduce((sum, value) => sum + value, 0n);

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
  assertMarket(quantities, liquidity);
  const top = largest(quantities);
  return top - floorDiv(-liquidity * lnUp(sumOf(powersUp(quantities, top, liquidity))), WAD);
}

/**
 * Prices e^(q_i/b) / Σ e^(q_j/b) of all outcomes, 18 decimals, rounded down after exponentials rounded up:
 * they sum to one less at most one unit an outcome, and shifting all quantities changes none.
 *
 * @throws DomainError as lmsrCost
 */
export function lmsrPrices(quantities: readonly bigint[], liquidity: bigint): bigint[] {
  assertMarket(quantities, liquidity);
  const powers = powersUp(quantities, largest(quantities), liquidity);
  const sum = sumOf(powers);
  return powers.map((power) => mulDiv(power, WAD, sum, "down"));
}

/**
 * The quantity of one outcome at which its price is L, with all others as they are: max q_j + b·ln(L/(1 − L)
 * · Σ e^((q_j − max q_j)/b)) over the others j. Rounded down its price is at most L, rounded up at least.
 *
 * @param pricePpm L in millionths, 1…999,999
 * @throws DomainError as lmsrCost, on one outcome alone, and on another price
 */
export function quantityAtPrice(
  quantities: readonly bigint[],
  liquidity: bigint,
  outcome: number,
  pricePpm: number,
  rounding: Rounding,
): bigint {
  const others = quantities.filter((_, k) => k !== outcome);
  assertMarket(others, liquidity);
  const price = BigInt(pricePpm);
  if (price <= 0n || price >= PPM) throw new DomainError("a price is between 0 and 1");
  const top = largest(others);
  const isUp = rounding === "up";
  const exp = isUp ? expUp : expDown;
  const sum = sumOf(others.map((quantity) => exp(mulDiv(quantity - top, WAD, liquidity, rounding))));
  const odds = mulDiv(sum, price, PPM - price, rounding);
  return top + mulDiv(liquidity, isUp ? lnUp(odds) : lnDown(odds), WAD, rounding);
}
