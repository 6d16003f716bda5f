import { bls12_381 } from "@noble/curves/bls12-381.js";
import { toHex } from "#chain/bytes/hex.ts";
import { u64be } from "#chain/bytes/int.ts";
import { taggedHash } from "#chain/bytes/tagged.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { BLS_SIGNATURE_BYTES, type Bls, nobleBls } from "./bls.ts";

const SIGNATURE_TAG = "ITERUM_BEACON_BLS12381G1_XMD:SHA-256_SSWU_RO_V1";
const POSSESSION_TAG = "ITERUM_BEACON_POP_BLS12381G1_XMD:SHA-256_SSWU_RO_V1";

/** Bytes of a beacon signature: a compressed point of G1. */
export const BEACON_SIGNATURE_BYTES = BLS_SIGNATURE_BYTES;

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

/** The unique BLS signature (48 bytes) under a 32-byte secret key. */
export const signBeacon = (message: Uint8Array, secretKey: Uint8Array, bls: Bls = nobleBls): Uint8Array =>
  bls.sign(message, secretKey, SIGNATURE_TAG);

/** The public key (96 bytes) of a secret key. */
export const beaconPublicKey = (secretKey: Uint8Array): Uint8Array =>
  bls12_381.shortSignatures.getPublicKey(secretKey).toBytes();

/** That a signature is the key's one signature of the message. */
export interface BeaconClaim {
  readonly message: Uint8Array;
  /** 48 bytes. */
  readonly signature: Uint8Array;
  /** 96 bytes. */
  readonly publicKey: Uint8Array;
}

/** The name of a claim in a block's verdicts: everything that its verdict follows from, hashed. */
export const claimId = ({ message, signature, publicKey }: BeaconClaim): string =>
  toHex(taggedHash("iterum/beacon/claim/v1", message, signature, publicKey));

/** Whether a claim holds; hostile bytes give false. */
export const verifyBeacon = ({ message, signature, publicKey }: BeaconClaim, bls: Bls = nobleBls): boolean =>
  bls.verify(signature, message, publicKey, SIGNATURE_TAG);

/** Proof that a registered key's secret is known, against rogue keys once signatures are aggregated. */
export const provePossession = (secretKey: Uint8Array): Uint8Array =>
  nobleBls.sign(beaconPublicKey(secretKey), secretKey, POSSESSION_TAG);

/** Whether a proof of possession belongs to the key. */
export const verifyPossession = (proof: Uint8Array, publicKey: Uint8Array): boolean =>
  nobleBls.verify(proof, publicKey, publicKey, POSSESSION_TAG);
