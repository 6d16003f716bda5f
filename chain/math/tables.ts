/*
 * The constants of fixed.ts, computed once from their series at 256 bits, so that no digit here is typed by
 * hand. Each is within 2^-190 of its value before it is cut to the width it is used at.
 */
const BITS = 256n;
const ONE = 1n << BITS;

/** ln(a / b) = 2·atanh((a − b)/(a + b)) at 256 bits; for 1/2 ≤ a/b ≤ 2 the argument is at most 1/3. */
function lnRatio(a: bigint, b: bigint): bigint {
  const z = ((a - b) << BITS) / (a + b);
  const square = (z * z) >> BITS;
  let power = z;
  let sum = z;
  for (let k = 3n; k <= 171n; k += 2n) {
    power = (power * square) >> BITS;
    sum += power / k;
  }
  return 2n * sum;
}

/** e^x for 0 ≤ x < 1 at 256 bits, by its Taylor series. */
function expSeries(x: bigint): bigint {
  let term = ONE;
  let sum = ONE;
  for (let k = 1n; k <= 60n; k++) {
    term = ((term * x) >> BITS) / k;
    sum += term;
  }
  return sum;
}

/** Rounds a 256-bit fraction to the width named. */
const cut = (value: bigint, bits: bigint): bigint => (value + (1n << (BITS - bits - 1n))) >> (BITS - bits);

const ln2 = lnRatio(2n, 1n);

/** ln 2 with 192 fractional bits. */
export const LN2_Q192: bigint = cut(ln2, 192n);

/** ln 10¹⁸ with 128 fractional bits: 18·(3·ln 2 + ln 5/4). */
export const LN_WAD_Q128: bigint = cut(18n * (3n * ln2 + lnRatio(5n, 4n)), 128n);

/** 64 / (10¹⁸·ln 2) with 128 fractional bits: 64ths of an octave in one unit of an 18-decimal number. */
export const STEPS_PER_UNIT_Q128: bigint = ((64n * ONE) << 128n) / (ln2 * 10n ** 18n);

/** 2^(j/64) for j = 0…63 with 128 fractional bits. */
export const EXP2_Q128: readonly bigint[] = Array.from({ length: 64 }, (_, j) =>
  cut(expSeries((ln2 * BigInt(j)) >> 6n), 128n),
);

/** ln((129 + 2j)/128) for j = 0…63 with 128 fractional bits: the middles of 64 equal parts of [1, 2]. */
export const LN_MIDDLES_Q128: readonly bigint[] = Array.from({ length: 64 }, (_, j) =>
  cut(lnRatio(BigInt(129 + 2 * j), 128n), 128n),
);
