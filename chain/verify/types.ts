import type { ProofTask } from "#chain/kernel/proof.ts";

export type { ProofTask, TemplateKey } from "#chain/kernel/proof.ts";

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
