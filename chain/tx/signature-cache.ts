import { sha256 } from "#chain/bytes/hash.ts";
import { toKey } from "#chain/bytes/latin1.ts";

/** One signature to verify: a digest of 32 bytes, a compressed key, and r ‖ s or r ‖ s ‖ v. */
export interface SignatureJob {
  readonly digest: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * Verdicts reached lately, so that a block need not verify again what the mempool did. A verdict is a
 * function of its job alone, so no state depends on what is remembered.
 */
export interface SignatureCache {
  /** Undefined when it must be verified. */
  verdict(key: string): boolean | undefined;
  add(key: string, valid: boolean): void;
}

/** What identifies a verification: SHA-256(publicKey ‖ digest ‖ signature), the first two of fixed length. */
export const signatureKey = ({ publicKey, digest, signature }: SignatureJob): string =>
  toKey(sha256(publicKey, digest, signature));

/** A set that holds the last `entriesMax` / 2 to `entriesMax` entries. */
function recent(entriesMax: number): { has(key: string): boolean; add(key: string): void } {
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

const REFUSED_MAX = 4096;

/**
 * Holds the last `entriesMax` / 2 to `entriesMax` valid signatures, some 150 bytes each, and a few refused
 * ones apart, so that no flood of those pushes valid ones out.
 */
export function signatureCache(entriesMax: number): SignatureCache {
  const valid = recent(entriesMax);
  const refused = recent(Math.min(entriesMax, REFUSED_MAX));
  return {
    verdict: (key) => (valid.has(key) ? true : refused.has(key) ? false : undefined),
    add: (key, isValid) => (isValid ? valid : refused).add(key),
  };
}
