import { type Draws, drawDistinct } from "#chain/protocol/draw.ts";

/** Somebody in the urn with a number of tickets above zero. */
export interface Ticketed {
  readonly weight: bigint;
}

/** Fenwick tree of weights: prefix sums and updates in O(log n). */
function fenwick(weights: readonly bigint[]): { take(at: bigint): number; remove(index: number): void } {
  const size = weights.length;
  const tree = new Array<bigint>(size + 1).fill(0n);
  const add = (index: number, by: bigint): void => {
    for (let i = index + 1; i <= size; i += i & -i) tree[i] = (tree[i] as bigint) + by;
  };
  let top = 1;
  while (top << 1 <= size) top <<= 1;
  for (const [index, weight] of weights.entries()) add(index, weight);
  return {
    take: (at) => {
      let index = 0;
      let rest = at;
      for (let step = top; step > 0; step >>>= 1) {
        const sum = tree[index + step];
        if (sum === undefined || sum > rest) continue;
        index += step;
        rest -= sum;
      }
      return index;
    },
    remove: (index) => add(index, -(weights[index] as bigint)),
  };
}

/**
 * Successive weighted sampling without replacement: indices of `count` of the urn, in drawn order, each draw
 * in proportion to the tickets of those who are left (design: game.md §6). O((n + count)·log n).
 */
export function drawWeighted(draws: Draws, urn: readonly Ticketed[], count: number): number[] {
  const tree = fenwick(urn.map(({ weight }) => weight));
  let left = urn.reduce((sum, { weight }) => sum + weight, 0n);
  const drawn: number[] = [];
  while (drawn.length < count && left > 0n) {
    const index = tree.take(draws.below(left));
    tree.remove(index);
    left -= (urn[index] as Ticketed).weight;
    drawn.push(index);
  }
  return drawn;
}

/** Ascending indices of the items that a member of `count` items must open, at most `most` of them. */
export const selectItems = (draws: Draws, count: number, most: number): number[] =>
  drawDistinct(draws, count, most).sort((a, b) => a - b);
