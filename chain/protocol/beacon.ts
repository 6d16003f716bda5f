import { bls12_381 } from "@noble/curves/bls12-381.js";
import { u64be } from "#chain/bytes/int.ts";
import { taggedHash } from "#chain/bytes/tagged.ts";
import { utf8 } from "#chain/bytes/utf8.ts";

const bls = bls12_381.shortSignatures;
const SIGNATURE_TAG = "ITERUM_BEACON_BLS12381G1_XMD:SHA-256_SSWU_RO_V1";
const POSSESSION_TAG = "ITERUM_BEACON_POP_BLS12381G1_XMD:SHA-256_SSWU_RO_V1";

/** Bytes of a beacon signature: a compressed point of G1. */
export const BEACON_SIGNATURE_BYTES = 48;
/** Bytes of a beacon public key: a compressed point of G2. */
const BEACON_KEY_BYTES = 96;

/**
 * What the proposer of a height signs: chain, height and the value before, so nothing can be signed ahead.
 */
export const beaconSignBytes = (chainId: string, height: bigint, previous: Uint8Array): Uint8Array =>
  taggedHash("iterum/beacon/sign/v1", utf8(chainId), u64be(height), previous);

/** r_h = H(r_{h−1} ‖ sig_h): a chain of RANDAO values (Ethereum's beacon chain; game.md §6). */
export const nextBeacon = (previous: Uint8Array, signature: Uint8Array): Uint8Array =>
  taggedHash("iterum/beacon/v1", previous, signature);

/** r_0 of a chain: known to everybody, worth nothing until proposers have signed. */
export const firstBeacon = (chainId: string): Uint8Array =>
  taggedHash("iterum/beacon/first/v1", utf8(chainId));

/** A seed of its own for each use, so that two draws of one height never share a stream. */
export const beaconFor = (value: Uint8Array, use: string, ...parts: readonly Uint8Array[]): Uint8Array =>
  taggedHash("iterum/beacon/use/v1", value, utf8(use), ...parts);

const hashToPoint = (message: Uint8Array, tag: string) => bls.hash(message, tag);

/** The unique BLS signature (48 bytes) under a 32-byte secret key. */
export const signBeacon = (message: Uint8Array, secretKey: Uint8Array): Uint8Array =>
  bls.Signature.toBytes(bls.sign(hashToPoint(message, SIGNATURE_TAG), secretKey));

/** The public key (96 bytes) of a secret key. */
export const beaconPublicKey = (secretKey: Uint8Array): Uint8Array => bls.getPublicKey(secretKey).toBytes();

function verify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array, tag: string): boolean {
  if (signature.length !== BEACON_SIGNATURE_BYTES || publicKey.length !== BEACON_KEY_BYTES) return false;
  try {
    return bls.verify(signature, hashToPoint(message, tag), publicKey);
  } catch {
    // noble throws on bytes that are no point of the subgroup: to us just another bad signature.
    return false;
  }
}

/** Whether the signature is the key's one signature of the message; hostile bytes give false. */
export const verifyBeacon = (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean =>
  verify(signature, message, publicKey, SIGNATURE_TAG);

/** Proof that a registered key's secret is known, against rogue keys once signatures are aggregated. */
export const provePossession = (secretKey: Uint8Array): Uint8Array =>
  bls.Signature.toBytes(bls.sign(hashToPoint(beaconPublicKey(secretKey), POSSESSION_TAG), secretKey));

/** Whether a proof of possession belongs to the key. */
export const verifyPossession = (proof: Uint8Array, publicKey: Uint8Array): boolean =>
  verify(proof, publicKey, publicKey, POSSESSION_TAG);
