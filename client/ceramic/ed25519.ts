import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { concat } from "#chain/bytes/concat.ts";
import { fromHex } from "#chain/bytes/hex.ts";

const PKCS8_PREFIX = fromHex("302e020100300506032b657004220420");
const SPKI_PREFIX = fromHex("302a300506032b6570032100");

/** An ed25519 key pair whose private half stays inside. */
export interface SigningKey {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** The signature of a message, 64 bytes, deterministic (RFC 8032). */
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/** The key pair of a seed of 32 bytes. */
export function signingKey(seed: Uint8Array): SigningKey {
  const key = createPrivateKey({
    key: Buffer.from(concat(PKCS8_PREFIX, seed)),
    format: "der",
    type: "pkcs8",
  });
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  return {
    publicKey: Uint8Array.from(spki.subarray(SPKI_PREFIX.length)),
    sign: (message) => Uint8Array.from(sign(null, message, key)),
  };
}

/** A public key ready for many checks. */
export const verificationKey = (publicKey: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.from(concat(SPKI_PREFIX, publicKey)), format: "der", type: "spki" });

/** Whether the signature of 64 bytes is the key's over the message; OpenSSL refuses a non-canonical S. */
export const isSignature = (message: Uint8Array, key: KeyObject, signature: Uint8Array): boolean =>
  signature.length === 64 && verify(null, message, key, signature);
