import { bls12_381 } from "@noble/curves/bls12-381.js";

const short = bls12_381.shortSignatures;

/** Bytes of a signature: a compressed point of G1. */
export const BLS_SIGNATURE_BYTES = 48;
/** Bytes of a public key: a compressed point of G2. */
export const BLS_KEY_BYTES = 96;

/**
 * BLS signatures over BLS12-381, signatures in G1 and keys in G2, points compressed as Zcash does
 * (draft-irtf-cfrg-bls-signature, minimal-signature-size). `tag` is the domain of hash-to-curve (RFC 9380).
 * Every implementation gives the same bytes and the same verdicts.
 */
export interface Bls {
  readonly implementation: "mcl" | "noble";
  /** The unique signature (48 bytes) under a 32-byte secret key, taken modulo the order; throws on zero. */
  sign(message: Uint8Array, secretKey: Uint8Array, tag: string): Uint8Array;
  /** Whether the signature is the key's one signature of the message; hostile bytes give false. */
  verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array, tag: string): boolean;
  /**
   * Σ weight · signature (48 bytes), weights below the order; undefined where one is none, or for infinity.
   */
  combine(signatures: readonly Uint8Array[], weights: readonly bigint[]): Uint8Array | undefined;
}

/** The reference in plain JavaScript, which others are compared with. */
export const nobleBls: Bls = {
  implementation: "noble",
  sign: (message, secretKey, tag) => short.Signature.toBytes(short.sign(short.hash(message, tag), secretKey)),
  verify(signature, message, publicKey, tag) {
    if (signature.length !== BLS_SIGNATURE_BYTES || publicKey.length !== BLS_KEY_BYTES) return false;
    try {
      return short.verify(signature, short.hash(message, tag), publicKey);
    } catch {
      // noble throws on bytes that are no point of the subgroup: to us just another bad signature.
      return false;
    }
  },
  combine(signatures, weights) {
    try {
      const points = signatures.map((bytes) => short.Signature.fromBytes(bytes));
      if (points.some((point) => point.is0())) return undefined;
      const sum = points.reduce(
        (before, point, i) => before.add(point.multiplyUnsafe(weights[i] as bigint)),
        bls12_381.G1.Point.ZERO,
      );
      return sum.is0() ? undefined : short.Signature.toBytes(sum);
    } catch {
      return undefined;
    }
  },
};
