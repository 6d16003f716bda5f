/** The sums of a Fenwick tree by place, from 1 on: prefix sums, updates and search in O(log n). */
export interface Sums {
  get(place: number): bigint;
  set(place: number, sum: bigint): void;
}

/** Adds the next place, `place` = number of places so far + 1. */
export function append(sums: Sums, place: number, weight: bigint): void {
  let sum = weight;
  const first = place - (place & -place);
  for (let i = place - 1; i > first; i -= i & -i) sum += sums.get(i);
  sums.set(place, sum);
}

/** Changes the weight of a place in a tree of `size` places. */
export function add(sums: Sums, size: number, place: number, by: bigint): void {
  for (let i = place; i <= size; i += i & -i) sums.set(i, sums.get(i) + by);
}

/** Sum of all weights. */
export function total(sums: Sums, size: number): bigint {
  let sum = 0n;
  for (let i = size; i > 0; i -= i & -i) sum += sums.get(i);
  return sum;
}

/** The place whose weight covers `at`, which is below the sum of all weights: weights are laid end to end. */
export function placeAt(sums: Sums, size: number, at: bigint): number {
  let step = 1;
  while (step << 1 <= size) step <<= 1;
  let place = 0;
  let rest = at;
  for (; step > 0; step >>>= 1) {
    if (place + step > size) continue;
    const sum = sums.get(place + step);
    if (sum > rest) continue;
    place += step;
    rest -= sum;
  }
  return place + 1;
}

/** The same sums, with changes that stay here. */
export function scratch(sums: Sums): Sums {
  const known = new Map<number, bigint>();
  return {
    get: (place) => {
      const found = known.get(place) ?? sums.get(place);
      known.set(place, found);
      return found;
    },
    set: (place, sum) => void known.set(place, sum),
  };
}
