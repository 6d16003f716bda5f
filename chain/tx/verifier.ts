import { createRequire } from "node:module";
import { secp256k1 as curve } from "@noble/curves/secp256k1.js";
import { compareBytes, equalBytes } from "#chain/bytes/compare.ts";
import { concat } from "#chain/bytes/concat.ts";
import { u128be } from "#chain/bytes/int.ts";

/**
 * Checks ECDSA signatures over secp256k1: a 32-byte digest, a compressed key of 33 bytes, r ‖ s of 64 bytes
 * with s in the lower half, or r ‖ s ‖ v of 65 where v is 27 or 28 and says which key signed (EIP-191). False
 * for anything else; never throws. All implementations agree on every input.
 */
export interface SignatureVerifier {
  readonly implementation: "libsecp256k1" | "libauth" | "noble";
  verify(digest: Uint8Array, publicKey: Uint8Array, signature: Uint8Array): boolean;
}

/** What each implementation brings; both may throw on bytes that are no point or number of the group. */
export interface Ecdsa {
  /** r ‖ s with low s. */
  verify(signature: Uint8Array, digest: Uint8Array, publicKey: Uint8Array): boolean;
  /** The compressed key that made r ‖ s, where its point R has an odd y (1) or an even one (0). */
  recover(signature: Uint8Array, parity: 0 | 1, digest: Uint8Array): Uint8Array;
}

const V_BASE = 27;
/** Half the order of the group, in 32 big-endian bytes. */
const HALF_ORDER = u256be(curve.Point.Fn.ORDER >> 1n);

function u256be(value: bigint): Uint8Array {
  return concat(u128be(value >> 128n), u128be(value & ((1n << 128n) - 1n)));
}

function recovers(ecdsa: Ecdsa, digest: Uint8Array, publicKey: Uint8Array, signature: Uint8Array): boolean {
  const parity = (signature[64] as number) - V_BASE;
  if (parity !== 0 && parity !== 1) return false;
  // Recovery also takes the high half of s, which would be a second signature of the same tx.
  if (compareBytes(signature.subarray(32, 64), HALF_ORDER) > 0) return false;
  return equalBytes(ecdsa.recover(signature.slice(0, 64), parity, digest), publicKey);
}

/** A verifier over one implementation. */
export function checked(
  implementation: SignatureVerifier["implementation"],
  ecdsa: Ecdsa,
): SignatureVerifier {
  return {
    implementation,
    verify(digest, publicKey, signature) {
      if (digest.length !== 32 || publicKey.length !== 33) return false;
      try {
        if (signature.length === 65) return recovers(ecdsa, digest, publicKey, signature);
        return signature.length === 64 && ecdsa.verify(signature, digest, publicKey);
      } catch {
        // All of them throw where a key or a signature is no point or no number of the group.
        return false;
      }
    },
  };
}

/** The verifier in plain JavaScript: right, and some 25 times slower. For tests to compare with. */
export const nobleVerifier = (): SignatureVerifier =>
  checked("noble", {
    verify: (signature, digest, publicKey) =>
      curve.verify(signature, digest, publicKey, { prehash: false, lowS: true, format: "compact" }),
    recover: (signature, parity, digest) =>
      curve.Signature.fromBytes(concat(Uint8Array.of(parity), signature), "recovered")
        .recoverPublicKey(digest)
        .toBytes(true),
  });

interface NativeBinding {
  ecdsaVerify(signature: Uint8Array, digest: Uint8Array, publicKey: Uint8Array): boolean;
  ecdsaRecover(signature: Uint8Array, recovery: number, digest: Uint8Array, compressed: boolean): Uint8Array;
}

/** The verifier over libsecp256k1; throws where its native binding does not load on this platform. */
export function nativeVerifier(): SignatureVerifier {
  // Not the package's main file, which falls back to slow JavaScript without a word.
  const binding: unknown = createRequire(import.meta.url)("secp256k1/bindings.js");
  const { ecdsaVerify, ecdsaRecover } = binding as NativeBinding;
  return checked("libsecp256k1", {
    verify: ecdsaVerify,
    recover: (signature, parity, digest) => ecdsaRecover(signature, parity, digest, true),
  });
}
