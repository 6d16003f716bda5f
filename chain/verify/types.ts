import type { ProofStatement } from "#chain/protocol/statement.ts";

/** What a verifier needs of a template. */
export interface TemplateKey {
  /** Identity of the template, 32 bytes. */
  readonly templateId: Uint8Array;
  /** Verification key file: eight bytes with the count of its words, then the words. */
  readonly vka: Uint8Array;
  /** Exact length of a proof, bytes. */
  readonly proofLength: number;
  /** Exact number of public values. */
  readonly instanceCount: number;
  /** Deployed EVM bytecode of the reusable verifier. */
  readonly verifierCode: Uint8Array;
}

/** A statement with the key to verify it under. */
export interface ProofTask {
  readonly key: TemplateKey;
  readonly statement: ProofStatement;
}

/** Verifies proofs outside the state machine, which receives the verdicts as plain data. */
export interface ProofVerifier {
  /**
   * A verdict for every statement, keyed by its hash in hexadecimal: true if the proof holds, false for any
   * other bytes. Rejects with VerifierFailure only when the machinery fails, twice: the node must then stop.
   */
  verifyAll(tasks: readonly ProofTask[]): Promise<ReadonlyMap<string, boolean>>;
  /** Ends the worker threads; verdicts still awaited are rejected. */
  close(): Promise<void>;
}

/** The machinery of verification failed (a worker died twice at one proof, or is closed): no verdict. */
export class VerifierFailure extends Error {
  override readonly name = "VerifierFailure";
}
