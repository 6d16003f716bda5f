import { equalBytes } from "#chain/bytes/compare.ts";
import { u32be } from "#chain/bytes/int.ts";
import { taggedHash } from "#chain/bytes/tagged.ts";
import {
  type Ceremony,
  ceremonyHash,
  dealerCount,
  isIndex,
  ThresholdError,
  verificationKey,
} from "./ceremony.ts";
import { exponentHolds, PROOF_BYTES, proveExponent } from "./knowledge.ts";
import { evaluateInG2, G1, type G1Point, G2, type G2Point, readG1, readG2 } from "./point.ts";
import { evaluate, readScalar, SCALAR_BYTES, scalarBytes, scalarFrom } from "./scalar.ts";

/** A secret dealt to the recipients of a ceremony (Feldman, "A Practical Scheme for VSS", 1987). */
export interface Dealing {
  /** Coefficients of the dealer's polynomial in G2 (96 bytes each), lowest first. */
  readonly commitments: readonly Uint8Array[];
  /** The key of this dealing's encryption: a point of G1 (48 bytes). */
  readonly ephemeral: Uint8Array;
  /** That the dealer knows its secret (64 bytes). */
  readonly proof: Uint8Array;
  /** Per recipient its share (32 bytes), encrypted. */
  readonly shares: readonly Uint8Array[];
}

/** What a dealing's proof is bound to: ceremony, dealer and everything dealt. */
export const dealingContext = (
  ceremony: Ceremony,
  dealer: number,
  { commitments, shares }: Pick<Dealing, "commitments" | "shares">,
): Uint8Array =>
  taggedHash("iterum/threshold/dealing/v1", ceremonyHash(ceremony), u32be(dealer), ...commitments, ...shares);

/**
 * Hides a share, or shows it again: one pad per dealing and recipient, of the point that only those two know.
 */
function pad(
  ceremony: Ceremony,
  dealer: number,
  recipient: number,
  ephemeral: Uint8Array,
  common: G1Point,
  bytes: Uint8Array,
): Uint8Array {
  const where = [ceremonyHash(ceremony), u32be(dealer), u32be(recipient)] as const;
  const mask = taggedHash("iterum/threshold/pad/v1", ...where, ephemeral, common.toBytes());
  return bytes.map((byte, i) => byte ^ (mask[i] as number));
}

/**
 * Deals a secret: a new one, or when a key is handed over the dealer's share of it. The same seed (32 random
 * bytes that nobody else knows) gives the same dealing again, so that a dealer may crash. Throws
 * ThresholdError.
 */
export function deal(ceremony: Ceremony, dealer: number, seed: Uint8Array, share?: bigint): Dealing {
  if (!isIndex(dealer, dealerCount(ceremony))) throw new ThresholdError(`no dealer has the index ${dealer}`);
  if ((share === undefined) !== (ceremony.previous === undefined))
    throw new ThresholdError("a share is dealt when a key is handed over, and only then");
  const drawn = (what: number): bigint =>
    scalarFrom("iterum/threshold/deal/v1", seed, ceremonyHash(ceremony), u32be(dealer), u32be(what));
  const coefficients = Array.from({ length: ceremony.threshold }, (_, i) =>
    i === 0 && share !== undefined ? share : drawn(i),
  );
  const exponent = drawn(ceremony.threshold);
  const ephemeral = G1.BASE.multiply(exponent).toBytes();
  const commitments = coefficients.map((coefficient) => G2.BASE.multiply(coefficient).toBytes());
  const shares = ceremony.recipients.map((bytes, i) => {
    const key = readG1(bytes);
    if (key === undefined) throw new ThresholdError("an encryption key is a point of G1");
    const plain = scalarBytes(evaluate(coefficients, BigInt(i + 1)));
    return pad(ceremony, dealer, i + 1, ephemeral, key.multiply(exponent), plain);
  });
  const proof = proveExponent([G1.BASE], exponent, dealingContext(ceremony, dealer, { commitments, shares }));
  return { commitments, ephemeral, proof, shares };
}

/**
 * Whether a dealing has its form and its dealer knows the key of its encryption; when a key is handed over
 * also whether it deals the dealer's own share. That every share fits is for its recipient to see.
 */
export function dealingHolds(ceremony: Ceremony, dealer: number, dealing: Dealing): boolean {
  const { threshold, recipients, previous } = ceremony;
  const { commitments, ephemeral, proof, shares } = dealing;
  if (!isIndex(dealer, dealerCount(ceremony))) return false;
  if (commitments.length !== threshold || shares.length !== recipients.length) return false;
  if (!shares.every(({ length }) => length === SCALAR_BYTES) || proof.length !== PROOF_BYTES) return false;
  const key = readG1(ephemeral);
  if (key === undefined || !commitments.every((bytes) => readG2(bytes) !== undefined)) return false;
  if (previous && !equalBytes(commitments[0] as Uint8Array, verificationKey(previous, dealer))) return false;
  // Without it one could repeat another's key, have a recipient complain, and read what the other dealt it.
  return exponentHolds([G1.BASE], [key], dealingContext(ceremony, dealer, dealing), proof);
}

/** Commitments of a dealing that holds, as points. */
export function commitmentPoints({ commitments }: Dealing): readonly G2Point[] {
  return commitments.map((bytes) => {
    const point = readG2(bytes);
    if (point === undefined) throw new ThresholdError("a dealing that does not hold");
    return point;
  });
}

/** The point that dealer and recipient have in common, as the recipient finds it. */
export function commonPoint({ ephemeral }: Dealing, secret: bigint): G1Point {
  const key = readG1(ephemeral);
  if (key === undefined) throw new ThresholdError("a dealing that does not hold");
  return key.multiply(secret);
}

/** The share in a dealing that holds, for who knows the common point; undefined where it does not fit. */
export function shareIn(
  ceremony: Ceremony,
  dealer: number,
  dealing: Dealing,
  recipient: number,
  common: G1Point,
): bigint | undefined {
  const sealed = dealing.shares[recipient - 1];
  if (sealed === undefined) throw new ThresholdError(`no recipient has the index ${recipient}`);
  const share = readScalar(pad(ceremony, dealer, recipient, dealing.ephemeral, common, sealed));
  if (share === undefined) return undefined;
  const expected = evaluateInG2(commitmentPoints(dealing), BigInt(recipient));
  // Not `times`: how long it takes must not depend on a share.
  const point = share === 0n ? G2.ZERO : G2.BASE.multiply(share);
  return point.equals(expected) ? share : undefined;
}

/** A recipient's share in a dealing that holds; undefined where it does not fit: then it complains. */
export const openShare = (
  ceremony: Ceremony,
  dealer: number,
  dealing: Dealing,
  recipient: number,
  secret: bigint,
): bigint | undefined => shareIn(ceremony, dealer, dealing, recipient, commonPoint(dealing, secret));
