import { createRequire } from "node:module";
import { secp256k1 as curve } from "@noble/curves/secp256k1.js";

/**
 * Checks ECDSA signatures over secp256k1: a 32-byte digest, a compressed key of 33 bytes, r ‖ s of 64 bytes
 * with s in the lower half. False for anything else; never throws. Both implementations agree on every
 * input.
 */
export interface SignatureVerifier {
  readonly implementation: "libsecp256k1" | "noble";
  verify(digest: Uint8Array, publicKey: Uint8Array, signature: Uint8Array): boolean;
}

type EcdsaVerify = (signature: Uint8Array, digest: Uint8Array, publicKey: Uint8Array) => boolean;

function checked(implementation: SignatureVerifier["implementation"], check: EcdsaVerify): SignatureVerifier {
  return {
    implementation,
    verify(digest, publicKey, signature) {
      if (digest.length !== 32 || publicKey.length !== 33 || signature.length !== 64) return false;
      try {
        return check(signature, digest, publicKey);
      } catch {
        // Both throw where a key or a signature is no point or no number of the group.
        return false;
      }
    },
  };
}

/** The verifier in plain JavaScript: right, and some 25 times slower. */
export const nobleVerifier = (): SignatureVerifier =>
  checked("noble", (signature, digest, publicKey) =>
    curve.verify(signature, digest, publicKey, { prehash: false, lowS: true, format: "compact" }),
  );

/** The verifier over libsecp256k1; throws where its native binding does not load on this platform. */
export function nativeVerifier(): SignatureVerifier {
  // Not the package's main file, which falls back to slow JavaScript without a word.
  const binding: unknown = createRequire(import.meta.url)("secp256k1/bindings.js");
  const { ecdsaVerify } = binding as { readonly ecdsaVerify: EcdsaVerify };
  return checked("libsecp256k1", ecdsaVerify);
}

/** The fastest verifier of this platform; says through `warn` when that is not the native one. */
export function loadVerifier(warn: (text: string) => void, native = nativeVerifier): SignatureVerifier {
  try {
    return native();
  } catch (error) {
    const why = (error as Error).message;
    warn(
      "the native secp256k1 binding does not load, so signatures are verified in JavaScript, 25 times " +
        `slower: a validator cannot keep up with a busy chain like this (${why})`,
    );
    return nobleVerifier();
  }
}
