/** The order r of the BN254 groups: a proof's public values (felts) are integers in [0, r). */
export const feltModulus = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

/** The prime p of BN254's base field, over which its points' coordinates lie. */
export const baseModulus = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;

/** Whether the integer is a canonical felt: 0 ≤ value < r. */
export const isFelt = (value: bigint): boolean => value >= 0n && value < feltModulus;

/** The signed integer that a felt stands for: felts above r/2 are negative (EZKL's convention). */
export const signedFelt = (felt: bigint): bigint => (felt > feltModulus >> 1n ? felt - feltModulus : felt);

/** The felt of a signed integer of magnitude at most r/2. */
export const feltOf = (value: bigint): bigint => (value < 0n ? value + feltModulus : value);

const mask64 = 0xffffffffffffffffn;

/** Writes an integer in [0, 2²⁵⁶) as 32 big-endian bytes at an offset; throws RangeError outside. */
export function putWord(out: Uint8Array, offset: number, value: bigint): void {
  if (value < 0n || value >> 256n !== 0n) throw new RangeError("not a 256-bit word");
  const view = new DataView(out.buffer, out.byteOffset + offset, 32);
  view.setBigUint64(0, value >> 192n);
  view.setBigUint64(8, (value >> 128n) & mask64);
  view.setBigUint64(16, (value >> 64n) & mask64);
  view.setBigUint64(24, value & mask64);
}

/** The big-endian integer in the 32 bytes at an offset. */
export function wordAt(bytes: Uint8Array, offset: number): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, 32);
  const high = (view.getBigUint64(0) << 64n) | view.getBigUint64(8);
  return (high << 128n) | (view.getBigUint64(16) << 64n) | view.getBigUint64(24);
}

/** Integers in [0, 2²⁵⁶) one after the other, 32 big-endian bytes each. */
export function words(values: readonly bigint[]): Uint8Array {
  const out = new Uint8Array(32 * values.length);
  for (let i = 0; i < values.length; i++) putWord(out, 32 * i, values[i] as bigint);
  return out;
}
