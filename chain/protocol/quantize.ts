/** Order r of BN254's scalar field, in which circuits compute. */
export const FIELD_ORDER = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

const HALF_ORDER = FIELD_ORDER >> 1n;

/** Largest scale (bits after the binary point) of a circuit's numbers. */
export const SCALE_MAX = 32;

/** A number that a circuit cannot hold, or an instance that no committed tensor gives. */
export class QuantizeError extends Error {
  override name = "QuantizeError";
}

/** The field element of a signed integer: v, or r − |v|. Throws QuantizeError when |v| > r/2. */
export function toFelt(value: bigint): bigint {
  if (value > HALF_ORDER || value < -HALF_ORDER) throw new QuantizeError("integer is wider than the field");
  return value < 0n ? FIELD_ORDER + value : value;
}

/** The signed integer of a field element: above r/2 it is negative. Throws QuantizeError outside 0…r−1. */
export function fromFelt(felt: bigint): bigint {
  if (felt < 0n || felt >= FIELD_ORDER) throw new QuantizeError("not a field element");
  return felt > HALF_ORDER ? felt - FIELD_ORDER : felt;
}

/** The input instance of an integer tensor entry: value · 2^scale in the field. */
export function inputToFelt(value: bigint, scale: number): bigint {
  checkScale(scale);
  return toFelt(value << BigInt(scale));
}

/**
 * The integer that an input instance stands for: signed(felt) / 2^scale.
 * Throws QuantizeError on a remainder, for then no committed tensor has this instance.
 */
export function inputFromFelt(felt: bigint, scale: number): bigint {
  checkScale(scale);
  const value = fromFelt(felt);
  const shift = BigInt(scale);
  const whole = value >> shift;
  if (whole << shift !== value) throw new QuantizeError("input instance is not an integer");
  return whole;
}

/**
 * The integer at which EZKL holds a float32 weight: round(x · 2^scale), halves away from zero as Rust rounds.
 * Takes the 32 bits of the IEEE 754 number and is exact. Throws QuantizeError on NaN and infinities, and on
 * magnitudes from 2⁶⁴ on, which no circuit multiplies without wrapping.
 */
export function quantizeFloat32(bits: number, scale: number): bigint {
  checkScale(scale);
  const exponent = (bits >>> 23) & 0xff;
  if (exponent === 0xff) throw new QuantizeError("weight is not finite");
  const fraction = bits & 0x7fffff;
  // A float32 is mantissa · 2^(exponent − 150); subnormals share the exponent of the smallest normal.
  const mantissa = BigInt(exponent === 0 ? fraction : fraction | 0x800000);
  const shift = (exponent === 0 ? 1 : exponent) - 150 + scale;
  let magnitude: bigint;
  if (shift >= 0) {
    if (shift > 40) throw new QuantizeError("weight is wider than 64 bits");
    magnitude = mantissa << BigInt(shift);
  } else {
    const down = BigInt(-shift);
    magnitude = (mantissa + (1n << (down - 1n))) >> down;
  }
  return bits >>> 31 === 1 ? -magnitude : magnitude;
}

function checkScale(scale: number): void {
  if (!Number.isInteger(scale) || scale < 0 || scale > SCALE_MAX) throw new QuantizeError("scale out of range");
}
