import { toHex } from "#chain/bytes/hex.ts";
import { statementHash } from "#chain/protocol/statement.ts";
import type { ProofTask, ProofVerifier } from "#chain/verify/types.ts";

/** How one proof was judged. */
export interface VerifiedProof {
  /** Id of the template, hexadecimal. */
  readonly template: string;
  /** Hash of the model's parameters, decimal: the proof's first public value. */
  readonly params: string;
  readonly valid: boolean;
  /** From the question to the verdict, a wait for a free thread included. */
  readonly verifyMs: number;
}

const REMEMBERED_MAX = 4096;

/** The verifier, telling how long each statement took when it was asked for the first time. */
export function timedVerifier(
  inner: ProofVerifier,
  onVerified: (proof: VerifiedProof) => void,
): ProofVerifier {
  const seen = new Set<string>();

  const isNew = (hash: string): boolean => {
    if (seen.has(hash)) return false;
    if (seen.size >= REMEMBERED_MAX) seen.clear();
    seen.add(hash);
    return true;
  };

  const verifyOne = async (task: ProofTask): Promise<readonly [string, boolean]> => {
    const { statement } = task;
    const hash = toHex(statementHash(statement));
    const first = isNew(hash);
    const startMs = performance.now();
    const valid = (await inner.verifyAll([task])).get(hash) === true;
    if (first)
      onVerified({
        template: toHex(statement.templateId),
        params: String(statement.instances[0] ?? 0n),
        valid,
        verifyMs: Math.round((performance.now() - startMs) * 10) / 10,
      });
    return [hash, valid];
  };

  return {
    async verifyAll(tasks) {
      const verdicts = new Map<string, boolean>();
      for (const [hash, valid] of await Promise.all(tasks.map(verifyOne)))
        verdicts.set(hash, valid && (verdicts.get(hash) ?? true));
      return verdicts;
    },
    close: () => inner.close(),
  };
}
