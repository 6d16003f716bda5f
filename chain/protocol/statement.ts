import { taggedHash } from "#chain/bytes/tagged.ts";
import { words } from "./field.ts";

/** What a prover claims: that the proof shows these public values under the template's key. */
export interface ProofStatement {
  /** Identity of the template (`templateId`), 32 bytes. */
  readonly templateId: Uint8Array;
  /** Public values in circuit order; canonical ones are below r, and each must fit 256 bits. */
  readonly instances: readonly bigint[];
  /** The proof as EZKL makes it: curve points and evaluations, 32 big-endian bytes each. */
  readonly proof: Uint8Array;
}

/**
 * Identity of a statement, 32 bytes: hash over the template, the instances (32 bytes each) and the proof.
 * Verdicts are kept and looked up under it. Throws RangeError when an instance does not fit 256 bits.
 */
export const statementHash = (statement: ProofStatement): Uint8Array =>
  taggedHash("iterum/statement/v1", statement.templateId, words(statement.instances), statement.proof);
