import { utf8 } from "#chain/bytes/utf8.ts";
import type { Absence, Existence } from "#chain/merkle/ics23.ts";
import { multistoreAbsence, multistoreExistence, type NamedRoot } from "#chain/merkle/multistore.ts";
import { CommitmentProof } from "#proto/gen/cosmos/ics23.ts";
import type { ProofOp } from "#proto/gen/tendermint/crypto.ts";

/** Types of the two steps of a proof: from an entry to its space's root, and from there to the app hash. */
const IAVL_OP = "ics23:iavl";
const SIMPLE_OP = "ics23:simple";

const exists = (exist: Existence): Uint8Array => CommitmentProof.encode({ exist, nonexist: undefined });
const lacks = (nonexist: Absence): Uint8Array => CommitmentProof.encode({ exist: undefined, nonexist });

/** What a proof is made of; a space without an entry has no tree. */
export interface Provable {
  readonly roots: readonly NamedRoot[];
  readonly space: string;
  readonly key: Uint8Array;
  readonly found: Existence | Absence | undefined;
}

/**
 * The proof of what a space holds at a key, from the entry up to the app hash: that it has the value there,
 * that it has none between two neighbours, or that the space itself has no entry at all.
 */
export function proofOps({ roots, space, key, found }: Provable): readonly ProofOp[] {
  const name = utf8(space);
  const outer = multistoreExistence(roots, space);
  if (outer === undefined || found === undefined)
    return [{ type: SIMPLE_OP, key: name, data: lacks(multistoreAbsence(roots, space)) }];
  return [
    { type: IAVL_OP, key, data: "value" in found ? exists(found) : lacks(found) },
    { type: SIMPLE_OP, key: name, data: exists(outer) },
  ];
}
