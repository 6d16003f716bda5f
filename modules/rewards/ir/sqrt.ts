import { floorDiv } from "#chain/math/mul-div.ts";

/** ⌊√value⌋ by Newton's method from above; of a number that is not negative. */
export function sqrtFloor(value: bigint): bigint {
  if (value === 0n) return 0n;
  // At least √value, from where the steps only fall.
  let root = 1n << ((BigInt(value.toString(2).length) + 1n) >> 1n);
  for (;;) {
    const next = (root + floorDiv(value, root)) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
