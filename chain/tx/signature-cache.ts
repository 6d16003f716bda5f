import { sha256 } from "#chain/bytes/hash.ts";
import { toKey } from "#chain/bytes/latin1.ts";

/** Signatures found valid lately, so that a block need not verify again what the mempool did. */
export interface SignatureCache {
  has(key: string): boolean;
  add(key: string): void;
}

/**
 * What identifies a verification: SHA-256(publicKey ‖ signBytes ‖ signature), the outer two of fixed length.
 */
export const signatureCacheKey = (
  publicKey: Uint8Array,
  signBytes: Uint8Array,
  signature: Uint8Array,
): string => toKey(sha256(publicKey, signBytes, signature));

/** Holds the last `entriesMax` / 2 to `entriesMax` valid signatures, some 150 bytes each. */
export function signatureCache(entriesMax: number): SignatureCache {
  const half = Math.max(1, entriesMax >>> 1);
  let young = new Set<string>();
  let old = new Set<string>();
  return {
    has: (key) => young.has(key) || old.has(key),
    add(key) {
      if (young.size >= half) {
        old = young;
        young = new Set();
      }
      young.add(key);
    },
  };
}
