/** One signature to verify: a digest of 32 bytes, a compressed key, and r ‖ s or r ‖ s ‖ v. */
export interface SignatureJob {
  readonly digest: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * Verdicts reached lately, so that a block need not verify again what the mempool did. A key names all that
 * its verdict follows from, so no state depends on what is remembered.
 */
export interface SignatureCache {
  /** Undefined when it must be reached. */
  verdict(key: string): boolean | undefined;
  add(key: string, valid: boolean): void;
}

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
 * Holds the last `entriesMax` / 2 to `entriesMax` valid signatures, some 250 bytes each, and a few refused
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
