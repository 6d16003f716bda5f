/*
 * Exponential and logarithm of 18-decimal fixed-point numbers (an integer x stands for x/10¹⁸), rounded in
 * a direction.
 *
 * Method: a table of 64 entries and a short series at 128 fractional bits, rather than the rational
 * approximations of Solady or PRBMath. Those are a third faster, but their error (1 to 14 units) is known
 * from measurement only; here it follows from the bounds below, and the values before rounding are so exact
 * (2^-124) that ln and, up to one, exp give the true floor and ceiling unless the truth lies within 10^-19
 * units of an integer. Every loop has a constant count.
 *
 * Promised error: the result is on the named side of the truth and less than 4 units from it
 * (MATH_ERROR_MAX; by the bounds below less than 2).
 * Both are monotone: one unit of x moves the truth by far more than the error before rounding.
 */
import { DomainError } from "./error.ts";
import { EXP2_Q128, LN_MIDDLES_Q128, LN_WAD_Q128, LN2_Q192, STEPS_PER_UNIT_Q128 } from "./tables.ts";

/** One, in 18-decimal fixed point. */
export const WAD: bigint = 10n ** 18n;

/** No result of this file is this many units (10⁻¹⁸) away from the truth. */
export const MATH_ERROR_MAX = 4n;

/** Largest argument of exp: e^40 is the last that keeps the promised absolute error. */
export const EXP_ARGUMENT_MAX: bigint = 40n * WAD;

/** Arguments of ln are below this, about 7.9·10¹⁰ in 18-decimal fixed point. */
export const LN_ARGUMENT_END: bigint = 1n << 96n;

const ONE = 1n << 128n;
/** Coefficients 1/15, 1/13, … 1/1 of atanh, with 128 fractional bits. */
const ATANH_Q128: readonly bigint[] = [15n, 13n, 11n, 9n, 7n, 5n, 3n, 1n].map((k) => ONE / k);
const HALF = 1n << 127n;
/** More than the error of either value before rounding, in units of 2^-128 (of the mantissa, for exp). */
const SLACK = 16n;
/** Below this e^x is less than one unit. */
const EXP_ARGUMENT_TINY = -42n * WAD;

/**
 * Mantissa with 128 fractional bits, in [0.99, 2), and exponent of e^x = mantissa·2^exponent. x = n·ln2/64
 * + r with |r| ≤ ln2/128 + 2^-127, e^r by 13 terms (the rest is below 2^-140). Errors in units of 2^-128: r
 * 2, the series 3, the table 1/2, the product 1; the mantissa below 13.
 */
function expParts(x: bigint): { readonly mantissa: bigint; readonly exponent: bigint } {
  const n = (x * STEPS_PER_UNIT_Q128 + HALF) >> 128n;
  const r = (x << 128n) / WAD - ((n * LN2_Q192) >> 70n);
  let series = ONE;
  for (let k = 13n; k >= 1n; k--) series = ONE + ((r * series) >> 128n) / k;
  const step = EXP2_Q128[Number(n & 63n)] as bigint;
  return { mantissa: (series * step) >> 128n, exponent: n >> 6n };
}

function assertExpArgument(x: bigint): void {
  if (x > EXP_ARGUMENT_MAX) throw new DomainError("exp of a number above 40");
}

/** e^x rounded down: at most the truth, less than 4 units below it. Any x ≤ 40; zero below about −41.4. */
export function expDown(x: bigint): bigint {
  assertExpArgument(x);
  if (x === 0n) return WAD;
  if (x < EXP_ARGUMENT_TINY) return 0n;
  const { mantissa, exponent } = expParts(x);
  return ((mantissa - SLACK) * WAD) >> (128n - exponent);
}

/** e^x rounded up: at least the truth, less than 4 units above it. Any x ≤ 40; never zero. */
export function expUp(x: bigint): bigint {
  assertExpArgument(x);
  if (x === 0n) return WAD;
  if (x < EXP_ARGUMENT_TINY) return 1n;
  const { mantissa, exponent } = expParts(x);
  return (((mantissa + SLACK) * WAD) >> (128n - exponent)) + 1n;
}

/** Position of the highest bit of 0 < x < 2^96. */
function highestBit(x: bigint): bigint {
  let bit = 0n;
  for (let step = 64n; step > 0n; step >>= 1n) if (x >> (bit + step) > 0n) bit += step;
  return bit;
}

/**
 * ln(x/10¹⁸) with 128 fractional bits. x = m·2^e with m in [1, 2) exact, c the middle of its 64th,
 * ln m = ln c + 2·atanh((m − c)/(m + c)); the argument is below 2^-7.9, eight terms leave less than 2^-138.
 * Errors in units of 2^-128: the quotient 2, the series and its product 3, the three constants 3: below 9.
 */
function lnValue(x: bigint): bigint {
  const e = highestBit(x);
  const m = x << (128n - e);
  const j = Number(m >> 122n) & 63;
  const scaled = m << 7n;
  const middle = BigInt(129 + 2 * j) << 128n;
  const z = ((scaled - middle) << 128n) / (scaled + middle);
  const square = (z * z) >> 128n;
  let series = 0n;
  for (const coefficient of ATANH_Q128) series = ((series * square) >> 128n) + coefficient;
  const lnMantissa = (LN_MIDDLES_Q128[j] as bigint) + ((z * series) >> 127n);
  return lnMantissa + ((e * LN2_Q192) >> 64n) - LN_WAD_Q128;
}

function assertLnArgument(x: bigint): void {
  if (x <= 0n || x >= LN_ARGUMENT_END) throw new DomainError("ln of a number that is not in (0, 7.9e10)");
}

/** ln x rounded down: at most the truth, less than 4 units below it. 0 < x < 2^96 units, exact at one. */
export function lnDown(x: bigint): bigint {
  assertLnArgument(x);
  return x === WAD ? 0n : ((lnValue(x) - SLACK) * WAD) >> 128n;
}

/** ln x rounded up: at least the truth, less than 4 units above it. 0 < x < 2^96 units, exact at one. */
export function lnUp(x: bigint): bigint {
  assertLnArgument(x);
  return x === WAD ? 0n : (((lnValue(x) + SLACK) * WAD) >> 128n) + 1n;
}
