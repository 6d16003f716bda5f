import { compareBigints, compareBytes } from "#chain/bytes/compare.ts";

interface Bounded {
  readonly bound: bigint;
  readonly orderHash: Uint8Array;
}

/** Total order of claims to a slot: larger bounds first, ties by the smaller hash of the order. */
const compareClaims = (a: Bounded, b: Bounded): number =>
  compareBigints(b.bound, a.bound) || compareBytes(a.orderHash, b.orderHash);

/** The `slots` largest bounds (ties: smaller hash of the order stays) and the others, both by rank. */
export function largestBounds<T extends Bounded>(
  orders: readonly T[],
  slots: number,
): { readonly stay: T[]; readonly leave: T[] } {
  const ranked = orders.toSorted(compareClaims);
  return { stay: ranked.slice(0, slots), leave: ranked.slice(slots) };
}
