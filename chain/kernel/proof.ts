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

/** A proof with what it claims, to be judged before the block that carries it begins. */
export interface ProofTask {
  readonly key: TemplateKey;
  readonly statement: {
    readonly templateId: Uint8Array;
    /** Public values in circuit order. */
    readonly instances: readonly bigint[];
    readonly proof: Uint8Array;
  };
}

/** A proof that somebody owes. */
export interface DueProof extends ProofTask {
  /** Whose place in a block it takes: a game has `perBlock` of them, and each of its debtors one. */
  readonly place: { readonly game: string; readonly debtor: string; readonly perBlock: number };
}
