/** The smaller of two bigints. */
export function smaller(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}

/** The larger of two bigints. */
export function larger(a: bigint, b: bigint): bigint {
  if (a > b) return a;
  return b;
}

/** The value cut to least…most. */
export const clamp = (value: bigint, least: bigint, most: bigint): bigint =>
  smaller(larger(value, least), most);
