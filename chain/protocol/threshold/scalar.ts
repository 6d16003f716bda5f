import { bls12_381 } from "@noble/curves/bls12-381.js";
import { concat } from "#chain/bytes/concat.ts";
import { bigFromBytes, u32be } from "#chain/bytes/int.ts";
import { taggedHash } from "#chain/bytes/tagged.ts";

/** The field of exponents of BLS12-381: integers below the order of its groups. */
export const { Fr } = bls12_381.fields;

/** Bytes of a scalar, big-endian. */
export const SCALAR_BYTES = 32;

/** Big-endian, 32 bytes. */
export const scalarBytes = (scalar: bigint): Uint8Array => Fr.toBytes(scalar);

/** A scalar from its one encoding; undefined for other bytes. */
export function readScalar(bytes: Uint8Array): bigint | undefined {
  const value = bigFromBytes(bytes);
  return bytes.length === SCALAR_BYTES && value < Fr.ORDER ? value : undefined;
}

/** A scalar that follows from the parts as if drawn: 512 bits of hash, so that reducing them favours none. */
export function scalarFrom(tag: string, ...parts: readonly Uint8Array[]): bigint {
  const half = (which: number): Uint8Array => taggedHash(tag, u32be(which), ...parts);
  return bigFromBytes(concat(half(0), half(1))) % Fr.ORDER;
}

/** The value at x of the polynomial with these coefficients, lowest first. */
export const evaluate = (coefficients: readonly bigint[], x: bigint): bigint =>
  coefficients.reduceRight((sum, coefficient) => Fr.add(Fr.mul(sum, x), coefficient), 0n);

/**
 * Lagrange's weights: for every polynomial f of lower degree than there are indices, f(0) = Σ weight ·
 * f(index). Indices differ from each other and from zero.
 */
export function weightsAtZero(indices: readonly number[]): bigint[] {
  return indices.map((own) => {
    let [above, below] = [1n, 1n];
    for (const other of indices) {
      if (other === own) continue;
      above = Fr.mul(above, BigInt(other));
      below = Fr.mul(below, Fr.sub(BigInt(other), BigInt(own)));
    }
    return Fr.mul(above, Fr.inv(below));
  });
}
