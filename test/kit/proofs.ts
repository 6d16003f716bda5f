import type { WaitingProof } from "#chain/app/judge.ts";
import { toHex } from "#chain/bytes/hex.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { statementHash } from "#chain/protocol/statement.ts";
import type { ProofVerifier } from "#chain/verify/types.ts";

const none = new Uint8Array(0);
const key = { templateId: none, vka: none, proofLength: 0, instanceCount: 0, verifierCode: none };
const PLACES = 4;

/** A proof of a system whose statements say themselves whether they are true: for who is judged, not what. */
export function waitingProof(
  debtor: string,
  isTrue: boolean,
  game = "spam",
  perBlock = PLACES,
): WaitingProof {
  const statement = { templateId: none, instances: [isTrue ? 1n : 0n], proof: utf8(`${game}/${debtor}`) };
  return { id: `${game}/${debtor}`, task: { key, statement, place: { game, debtor, perBlock } } };
}

/** The verifier of such proofs, which counts what it has judged. */
export function countingVerifier(): { readonly proofs: ProofVerifier; judged(): number } {
  let count = 0;
  const proofs: ProofVerifier = {
    verifyAll: async (tasks) => {
      count += tasks.length;
      return new Map(
        tasks.map(({ statement }) => [toHex(statementHash(statement)), statement.instances[0] === 1n]),
      );
    },
    close: async () => undefined,
  };
  return { proofs, judged: () => count };
}
