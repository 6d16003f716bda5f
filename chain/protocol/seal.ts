import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { equalBytes } from "@noble/ciphers/utils.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concat } from "#chain/bytes/concat.ts";
import { u32be } from "#chain/bytes/int.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { type RoundRef, roundHash } from "./round-key.ts";

/** Bytes of every key here: epoch keys, item keys and salts. */
export const SEAL_KEY_BYTES = 32;
/** Bytes of the nonce with which a sealed blob begins. */
const SEAL_NONCE_BYTES = 24;
const COMMITMENT_BYTES = 32;
const TAG_BYTES = 16;
/** Bytes that sealing adds to a plaintext: nonce 24, key commitment 32, Poly1305 tag 16. */
export const SEAL_OVERHEAD_BYTES = SEAL_NONCE_BYTES + COMMITMENT_BYTES + TAG_BYTES;

const SEAL_INFO = utf8("iterum/seal/v1");
const EVENT_INFO = utf8("event");
const SALT_INFO = utf8("salt");
const NONCE_INFO = utf8("iterum/seal-nonce/v1");

export type SealErrorCode = "badLength" | "wrongKey" | "tampered";

/**
 * A key, nonce or blob of a wrong size (`badLength`), a key to which the blob does not commit (`wrongKey`),
 * or a blob changed after sealing or opened as another item (`tampered`).
 */
export class SealError extends Error {
  override readonly name = "SealError";
  readonly code: SealErrorCode;

  constructor(code: SealErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The 32 bytes that name one round of one game on one chain wherever a member's data is bound to it. */
export const epochId = (ref: RoundRef): Uint8Array => roundHash("iterum/epoch/v1", ref);

/** K_i = HKDF(K_epoch, "event" ‖ u32 i): the key that opens item `index` and nothing else of its epoch. */
export const itemKey = (epochKey: Uint8Array, index: number): Uint8Array =>
  derive(epochKey, concat(EVENT_INFO, u32be(index)));

/** salt_i = HKDF(K_labels, "salt" ‖ u32 i): hides a label in its leaf; a member stores one key for all. */
export const itemSalt = (labelsKey: Uint8Array, index: number): Uint8Array =>
  derive(labelsKey, concat(SALT_INFO, u32be(index)));

/** What a sealed item is bound to: did ‖ epoch (32 bytes) ‖ u32 i; the fixed tail makes it unambiguous. */
export function sealAad(did: string, epoch: Uint8Array, index: number): Uint8Array {
  expectLength("epoch", epoch, 32);
  return concat(utf8(did), epoch, u32be(index));
}

/**
 * A nonce that depends on key, item and plaintext: HKDF(key, salt = SHA-256(aad ‖ plaintext), info, 24).
 * A member that seals the same item again, after a crash, gets the same bytes and so the same event;
 * another plaintext gets another nonce, and without the key the nonce tells nothing (RFC 5297's idea).
 */
export function sealNonce(key: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array {
  expectLength("key", key, SEAL_KEY_BYTES);
  return hkdf(sha256, key, sha256(concat(aad, plaintext)), NONCE_INFO, SEAL_NONCE_BYTES);
}

/**
 * The plaintext encrypted under the key as nonce 24 ‖ key commitment 32 ‖ ciphertext with its tag.
 * okm = HKDF-SHA-256(key, salt = nonce, "iterum/seal/v1", 64); XChaCha20-Poly1305 under okm[0:32];
 * okm[32:64] is stored, so that one blob opens under one key only. An AEAD alone does not promise that:
 * Len, Grubbs, Ristenpart, "Partitioning Oracle Attacks", USENIX Security 2021; the remedy is the HKDF
 * variant of Albertini et al., "How to Abuse and Fix Authenticated Encryption Without Key Commitment", 2022.
 */
export function seal(key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): Uint8Array {
  expectLength("nonce", nonce, SEAL_NONCE_BYTES);
  const { cipherKey, commitment } = subkeys(key, nonce);
  return concat(nonce, commitment, xchacha20poly1305(cipherKey, nonce, aad).encrypt(plaintext));
}

/** The plaintext of a sealed blob; compares the key commitment first. Throws SealError. */
export function open(key: Uint8Array, aad: Uint8Array, sealed: Uint8Array): Uint8Array {
  if (sealed.length < SEAL_OVERHEAD_BYTES)
    throw new SealError("badLength", `sealed blob of ${sealed.length} bytes`);
  const nonce = sealed.subarray(0, SEAL_NONCE_BYTES);
  const stored = sealed.subarray(SEAL_NONCE_BYTES, SEAL_NONCE_BYTES + COMMITMENT_BYTES);
  const { cipherKey, commitment } = subkeys(key, nonce);
  if (!equalBytes(stored, commitment)) throw new SealError("wrongKey", "the blob commits to another key");
  try {
    return xchacha20poly1305(cipherKey, nonce, aad).decrypt(
      sealed.subarray(SEAL_NONCE_BYTES + COMMITMENT_BYTES),
    );
  } catch {
    throw new SealError("tampered", "the blob was changed or belongs to another item");
  }
}

function subkeys(
  key: Uint8Array,
  nonce: Uint8Array,
): { readonly cipherKey: Uint8Array; readonly commitment: Uint8Array } {
  expectLength("key", key, SEAL_KEY_BYTES);
  const okm = hkdf(sha256, key, nonce, SEAL_INFO, SEAL_KEY_BYTES + COMMITMENT_BYTES);
  return { cipherKey: okm.subarray(0, SEAL_KEY_BYTES), commitment: okm.subarray(SEAL_KEY_BYTES) };
}

function derive(key: Uint8Array, info: Uint8Array): Uint8Array {
  expectLength("key", key, SEAL_KEY_BYTES);
  return hkdf(sha256, key, undefined, info, SEAL_KEY_BYTES);
}

function expectLength(what: string, bytes: Uint8Array, length: number): void {
  if (bytes.length !== length)
    throw new SealError("badLength", `${what} has ${bytes.length} bytes, not ${length}`);
}
