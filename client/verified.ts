import { equalBytes } from "#chain/bytes/compare.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { iavlRules, simpleRules, verifyAbsence, verifyExistence } from "#chain/merkle/ics23.ts";
import { CommitmentProof } from "#proto/gen/cosmos/ics23.ts";

/** One step of a proof, as a query's answer brings it. */
export interface StoreProofOp {
  readonly type: string;
  readonly key: Uint8Array;
  readonly data: Uint8Array;
}

/**
 * Whether a proof shows what a module's state holds at a key: the value, or nothing where it is undefined.
 * `appHash` is that of the header one above the height of the answer, from a source that is trusted. The
 * proof is the answer's to `/store/<module>/key` with `prove`; a malformed one proves nothing. Never throws.
 */
export function verifyStoreValue(
  appHash: Uint8Array,
  module: string,
  key: Uint8Array,
  value: Uint8Array | undefined,
  proofOps: readonly StoreProofOp[],
): boolean {
  const name = utf8(module);
  const outer = proofOf(proofOps.at(-1), "ics23:simple", name);
  if (outer === undefined || proofOps.length > 2) return false;
  if (proofOps.length === 1) {
    const { nonexist } = outer;
    return value === undefined && !!nonexist && verifyAbsence(simpleRules, appHash, name, nonexist);
  }
  const inner = proofOf(proofOps[0], "ics23:iavl", key);
  const root = outer.exist?.value;
  if (inner === undefined || root === undefined || !outer.exist) return false;
  if (!verifyExistence(simpleRules, appHash, name, root, outer.exist)) return false;
  const { exist, nonexist } = inner;
  return value === undefined
    ? !!nonexist && verifyAbsence(iavlRules, root, key, nonexist)
    : !!exist && verifyExistence(iavlRules, root, key, value, exist);
}

/** The proof in a step of that type and about that key. */
function proofOf(op: StoreProofOp | undefined, type: string, key: Uint8Array): CommitmentProof | undefined {
  if (op?.type !== type || !equalBytes(op.key, key)) return undefined;
  try {
    return CommitmentProof.decode(op.data);
  } catch {
    return undefined;
  }
}
