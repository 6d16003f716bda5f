import { type Draws, drawDistinct } from "#chain/protocol/draw.ts";
import { add, placeAt, type Sums, scratch, total } from "./fenwick.ts";

/** What is drawn from: weights by place, from 1 on, with their sums. */
export interface WeightedUrn {
  readonly size: number;
  readonly sums: Sums;
  weightOf(place: number): bigint;
}

/**
 * Successive weighted sampling without replacement: `count` places of the urn in drawn order, each draw in
 * proportion to the weights of those who are left (design: game.md §6). O(count · log size); the urn stays as
 * it is.
 */
export function drawWeighted(
  draws: Draws,
  { size, sums: kept, weightOf }: WeightedUrn,
  count: number,
): number[] {
  const sums = scratch(kept);
  let left = total(sums, size);
  const drawn: number[] = [];
  while (drawn.length < count && left > 0n) {
    const place = placeAt(sums, size, draws.below(left));
    const weight = weightOf(place);
    add(sums, size, place, -weight);
    left -= weight;
    drawn.push(place);
  }
  return drawn;
}

/** Ascending indices of the items that a member of `count` items must open, at most `most` of them. */
export const selectItems = (draws: Draws, count: number, most: number): number[] =>
  drawDistinct(draws, count, most).sort((a, b) => a - b);
