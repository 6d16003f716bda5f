import { DomainError } from "./error.ts";

/** Which neighbouring integer stands for an inexact quotient: "down" is towards −∞, "up" towards +∞. */
export type Rounding = "down" | "up";

/** ⌊a / c⌋ for any sign of a; throws a DomainError unless c > 0. */
export function floorDiv(a: bigint, c: bigint): bigint {
  if (c <= 0n) throw new DomainError("a divisor must be positive");
  const quotient = a / c; // rounds towards zero
  return a < 0n && quotient * c !== a ? quotient - 1n : quotient;
}

/** a·b / c rounded as named, exact in between, for any sign of a and b; throws a DomainError unless c > 0. */
export function mulDiv(a: bigint, b: bigint, c: bigint, rounding: Rounding): bigint {
  return rounding === "down" ? floorDiv(a * b, c) : -floorDiv(-(a * b), c);
}

/**
 * Shares of a total in proportion to the weights that sum to it exactly, by largest remainder: every share is
 * the floor or the ceiling of its exact value, the units left over go to the largest remainders, ties to the
 * lower index. Throws a DomainError on a negative total or weight, or when the weights sum to zero.
 */
export function splitExact(total: bigint, weights: readonly bigint[]): bigint[] {
  let sum = 0n;
  for (const weight of weights) {
    if (weight < 0n) throw new DomainError("a weight must not be negative");
    sum += weight;
  }
  if (total < 0n || sum === 0n) throw new DomainError("nothing to share by");
  const shares: bigint[] = [];
  const remainders: { readonly index: number; readonly value: bigint }[] = [];
  let left = total;
  for (const [index, weight] of weights.entries()) {
    const share = (total * weight) / sum;
    shares.push(share);
    left -= share;
    remainders.push({ index, value: total * weight - share * sum });
  }
  remainders.sort((a, b) => (a.value === b.value ? a.index - b.index : a.value > b.value ? -1 : 1));
  for (const { index } of remainders.slice(0, Number(left))) shares[index] = (shares[index] as bigint) + 1n;
  return shares;
}
