import { concat } from "#chain/bytes/concat.ts";
import { G1, type G1Point, times } from "./point.ts";
import { Fr, readScalar, SCALAR_BYTES, scalarBytes, scalarFrom } from "./scalar.ts";

/** Bytes of a proof: challenge and response. */
export const PROOF_BYTES = 2 * SCALAR_BYTES;

const CHALLENGE = "iterum/threshold/challenge/v1";
const NONCE = "iterum/threshold/nonce/v1";

const encode = (points: readonly G1Point[]): Uint8Array[] => points.map((point) => point.toBytes());

/**
 * Proof that one secret takes every base to its product, without telling it: Schnorr for one base, Chaum and
 * Pedersen ("Wallet Databases with Observers", 1992) for two; not interactive by Fiat and Shamir. It is bound
 * to `context`: everything that must not be exchanged under it.
 */
export function proveExponent(bases: readonly G1Point[], secret: bigint, context: Uint8Array): Uint8Array {
  const products = bases.map((base) => base.multiply(secret));
  const said = [context, ...encode(bases), ...encode(products)];
  // Drawn from secret and statement, as by RFC 6979: a second proof with one nonce would tell the secret.
  const nonce = scalarFrom(NONCE, scalarBytes(secret), ...said);
  const challenge = scalarFrom(CHALLENGE, ...said, ...encode(bases.map((base) => base.multiply(nonce))));
  const response = Fr.sub(nonce, Fr.mul(challenge, secret));
  return concat(scalarBytes(challenge), scalarBytes(response));
}

/** Whether a proof shows that one secret takes every base to the product at its place. */
export function exponentHolds(
  bases: readonly G1Point[],
  products: readonly G1Point[],
  context: Uint8Array,
  proof: Uint8Array,
): boolean {
  const challenge = readScalar(proof.subarray(0, SCALAR_BYTES));
  const response = readScalar(proof.subarray(SCALAR_BYTES));
  if (challenge === undefined || response === undefined) return false;
  const nonces = bases.map((base, i) => times(base, response).add(times(products[i] ?? G1.ZERO, challenge)));
  // No honest prover meets it, and the library does not write infinity here.
  if (nonces.some((nonce) => nonce.is0())) return false;
  const said = [context, ...encode(bases), ...encode(products)];
  return scalarFrom(CHALLENGE, ...said, ...encode(nonces)) === challenge;
}
