/** Largest scale (bits after the binary point) of a circuit's numbers. */
export const scaleMax = 32;

/** A weight that a circuit cannot hold. */
export class QuantizeError extends Error {
  override readonly name = "QuantizeError";
}

/**
 * The integer at which EZKL holds a float32 weight: round(x · 2^scale), halves away from zero as Rust rounds.
 * Takes the 32 bits of the IEEE 754 number and is exact. Throws QuantizeError on NaN, infinities, magnitudes
 * from 2⁶⁴ on (which no circuit multiplies without wrapping), and a scale outside 0…32.
 */
export function quantizeFloat32(bits: number, scale: number): bigint {
  if (!Number.isInteger(scale) || scale < 0 || scale > scaleMax)
    throw new QuantizeError("scale out of range");
  const exponent = (bits >>> 23) & 0xff;
  if (exponent === 0xff) throw new QuantizeError("weight is not finite");
  const fraction = bits & 0x7fffff;
  // A float32 is mantissa · 2^(exponent − 150); subnormals share the exponent of the smallest normal.
  const mantissa = BigInt(exponent === 0 ? fraction : fraction | 0x800000);
  const shift = (exponent === 0 ? 1 : exponent) - 150 + scale;
  if (shift > 40) throw new QuantizeError("weight is wider than 64 bits");
  const down = shift < 0 ? BigInt(-shift) : 0n;
  const magnitude = down === 0n ? mantissa << BigInt(shift) : (mantissa + (1n << (down - 1n))) >> down;
  return bits >>> 31 === 1 ? -magnitude : magnitude;
}
