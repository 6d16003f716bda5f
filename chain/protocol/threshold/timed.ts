import { bls12_381 } from "@noble/curves/bls12-381.js";
import { equalBytes } from "#chain/bytes/compare.ts";
import { concat } from "#chain/bytes/concat.ts";
import { taggedHash } from "#chain/bytes/tagged.ts";
import { ThresholdError } from "./ceremony.ts";
import { G1_BYTES, type G1Point, G2, G2_BYTES, type G2Point, readG1, readG2 } from "./point.ts";
import { scalarFrom } from "./scalar.ts";
import type { Signable } from "./signing.ts";

/** Bytes of the key that is sealed: for a cipher that seals the data itself. */
const TIMED_KEY_BYTES = 32;
/** Bytes of a sealed key: a point of G2 and two masked strings. */
export const TIMED_BYTES = G2_BYTES + 2 * TIMED_KEY_BYTES;

const { Fp12 } = bls12_381.fields;

const xor = (bytes: Uint8Array, mask: Uint8Array): Uint8Array =>
  bytes.map((byte, i) => byte ^ (mask[i] as number));

/** A mask that follows from the pairing of two points. */
const pairingMask = (g1: G1Point, g2: G2Point, ephemeral: Uint8Array): Uint8Array =>
  taggedHash("iterum/timed/pairing/v1", Fp12.toBytes(bls12_381.pairing(g1, g2)), ephemeral);

const keyMask = (coin: Uint8Array): Uint8Array => taggedHash("iterum/timed/key/v1", coin);

/** The exponent that a coin and a key determine; whoever opens a seal repeats it, so none can be altered. */
const exponentOf = (coin: Uint8Array, key: Uint8Array): bigint =>
  scalarFrom("iterum/timed/exponent/v1", coin, key);

/**
 * Seals a 32-byte key to a group's signature of a message yet to come, such as that of a round: 160 bytes.
 * `coin` is 32 random bytes for this seal alone. Identity-based encryption of Boneh and Franklin
 * ("FullIdent", 2001) with the message as identity, as tlock does over drand. Throws ThresholdError.
 */
export function sealUntil(
  publicKey: Uint8Array,
  { message, tag }: Signable,
  key: Uint8Array,
  coin: Uint8Array,
): Uint8Array {
  const group = readG2(publicKey);
  if (group === undefined) throw new ThresholdError("a public key is a point of G2");
  if (key.length !== TIMED_KEY_BYTES || coin.length !== TIMED_KEY_BYTES)
    throw new ThresholdError("a key and its coin have 32 bytes");
  const exponent = exponentOf(coin, key);
  const ephemeral = G2.BASE.multiply(exponent).toBytes();
  const identity = bls12_381.shortSignatures.hash(message, tag).multiply(exponent);
  return concat(ephemeral, xor(coin, pairingMask(identity, group, ephemeral)), xor(key, keyMask(coin)));
}

/**
 * The key in a seal, by the signature it was sealed to; undefined for another signature or an altered seal.
 */
export function openTimed(sealed: Uint8Array, signature: Uint8Array): Uint8Array | undefined {
  if (sealed.length !== TIMED_BYTES || signature.length !== G1_BYTES) return undefined;
  const ephemeral = sealed.slice(0, G2_BYTES);
  const [signed, point] = [readG1(signature), readG2(ephemeral)];
  if (signed === undefined || point === undefined) return undefined;
  const masked = sealed.slice(G2_BYTES);
  const coin = xor(masked.subarray(0, TIMED_KEY_BYTES), pairingMask(signed, point, ephemeral));
  const key = xor(masked.subarray(TIMED_KEY_BYTES), keyMask(coin));
  const expected = G2.BASE.multiply(exponentOf(coin, key)).toBytes();
  return equalBytes(expected, ephemeral) ? key : undefined;
}
