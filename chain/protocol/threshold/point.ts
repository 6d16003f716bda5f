import { bls12_381 } from "@noble/curves/bls12-381.js";

/** The two groups of BLS12-381: what is small and used often lies in G1, public keys lie in G2. */
export const G1 = bls12_381.G1.Point;
export const G2 = bls12_381.G2.Point;
export type G1Point = InstanceType<typeof G1>;
export type G2Point = InstanceType<typeof G2>;

/** Bytes of a compressed point of G1. */
export const G1_BYTES = 48;
/** Bytes of a compressed point of G2. */
export const G2_BYTES = 96;

interface Group<P> {
  fromBytes(bytes: Uint8Array): P;
}

/** A point from its compressed form; undefined for bytes that are none of the subgroup, and for infinity. */
function read<P extends { assertValidity(): void; is0(): boolean }>(
  group: Group<P>,
  length: number,
  bytes: Uint8Array,
): P | undefined {
  if (bytes.length !== length) return undefined;
  try {
    const point = group.fromBytes(bytes);
    point.assertValidity();
    return point.is0() ? undefined : point;
  } catch {
    return undefined;
  }
}

export const readG1 = (bytes: Uint8Array): G1Point | undefined => read(G1, G1_BYTES, bytes);
export const readG2 = (bytes: Uint8Array): G2Point | undefined => read(G2, G2_BYTES, bytes);

/** The product with a public scalar, zero included; in a time that depends on it. */
export const times = <P extends { multiplyUnsafe(scalar: bigint): P }>(point: P, scalar: bigint): P =>
  point.multiplyUnsafe(scalar);

/** The point at x of the polynomial whose coefficients are these points, lowest first. */
export const evaluateInG2 = (commitments: readonly G2Point[], x: bigint): G2Point =>
  commitments.reduceRight((sum, commitment) => times(sum, x).add(commitment), G2.ZERO);
