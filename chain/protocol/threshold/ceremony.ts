import { u32be } from "#chain/bytes/int.ts";
import { taggedHash } from "#chain/bytes/tagged.ts";
import { evaluateInG2, G1, G2, G2_BYTES, readG1, readG2 } from "./point.ts";
import { scalarFrom } from "./scalar.ts";

/**
 * A use of this folder's functions that their preconditions exclude; never what bytes of others can cause.
 */
export class ThresholdError extends Error {
  override readonly name = "ThresholdError";
}

/** A key whose secret is shared: f(0) for a polynomial f that nobody knows. */
export interface GroupKey {
  /**
   * Coefficients of f in G2, compressed, lowest first; as many as shares are needed. The first is the key.
   */
  readonly commitments: readonly Uint8Array[];
  /** How many parties hold a share; their indices are 1…parties. */
  readonly parties: number;
}

/** One run of key generation, or of handing a key over, as everybody must see it alike. */
export interface Ceremony {
  /** Names chain and run, so that nothing of one counts in another. */
  readonly id: Uint8Array;
  /** How many shares make a signature. */
  readonly threshold: number;
  /** Encryption keys (48 bytes) of those who get shares; the first has index 1. */
  readonly recipients: readonly Uint8Array[];
  /** The key that is handed over, by its parties; without one the recipients make a new key. */
  readonly previous?: GroupKey;
}

/** How many may deal; their indices are 1…dealers. */
export const dealerCount = ({ recipients, previous }: Ceremony): number =>
  previous ? previous.parties : recipients.length;

/** Whether an index is one of 1…count. */
export const isIndex = (index: number, count: number): boolean =>
  Number.isInteger(index) && index >= 1 && index <= count;

/** Throws ThresholdError unless there are enough recipients with good keys. */
export function checkCeremony({ threshold, recipients }: Ceremony): void {
  if (!isIndex(threshold, recipients.length)) throw new ThresholdError("a threshold is within the parties");
  if (!recipients.every(readG1)) throw new ThresholdError("an encryption key is a point of G1");
}

/** Hash of all that a ceremony is. */
export function ceremonyHash({ id, threshold, recipients, previous }: Ceremony): Uint8Array {
  const before = previous
    ? taggedHash("iterum/threshold/previous/v1", u32be(previous.parties), ...previous.commitments)
    : new Uint8Array(0);
  return taggedHash("iterum/threshold/ceremony/v1", id, u32be(threshold), before, ...recipients);
}

/** The secret of an encryption key from a validator's 32-byte seed: an exponent of G1. */
export const encryptionSecret = (seed: Uint8Array): bigint =>
  scalarFrom("iterum/threshold/encryption/v1", seed);

/** The encryption key (48 bytes) of a secret. */
export const encryptionKey = (secret: bigint): Uint8Array => G1.BASE.multiply(secret).toBytes();

/** The public key (96 bytes) under which combined signatures hold. */
export function publicKey({ commitments: [first] }: GroupKey): Uint8Array {
  if (first?.length !== G2_BYTES) throw new ThresholdError("a group key has commitments");
  return first;
}

/** The public key (96 bytes) of one party's share. */
export function verificationKey({ commitments, parties }: GroupKey, index: number): Uint8Array {
  if (!isIndex(index, parties)) throw new ThresholdError(`no party has the index ${index}`);
  const points = commitments.map((bytes) => {
    const point = readG2(bytes);
    if (point === undefined) throw new ThresholdError("a commitment is a point of G2");
    return point;
  });
  return evaluateInG2(points, BigInt(index)).toBytes();
}

/** The public half (96 bytes) of a share. */
export const publicShare = (share: bigint): Uint8Array => G2.BASE.multiply(share).toBytes();
