import type { DueProof } from "#chain/kernel/proof.ts";
import { BLOCK_PROOFS_MAX } from "#chain/limits.ts";

/** The places of one block for proofs: each game has its own, and whoever owes it proofs one of them. */
export interface ProofPlaces {
  fits(task: DueProof): boolean;
  /** Takes a place for a proof, where there is one. */
  take(task: DueProof): boolean;
}

/** The places of an empty block. */
export function proofPlaces(): ProofPlaces {
  const perGame = new Map<string, Set<string>>();
  let taken = 0;
  const fits: ProofPlaces["fits"] = ({ place: { game, debtor, perBlock } }) => {
    const debtors = perGame.get(game);
    return taken < BLOCK_PROOFS_MAX && (debtors?.size ?? 0) < perBlock && !debtors?.has(debtor);
  };
  return {
    fits,
    take: (task) => {
      if (!fits(task)) return false;
      const { game, debtor } = task.place;
      const debtors = perGame.get(game) ?? new Set();
      perGame.set(game, debtors.add(debtor));
      taken += 1;
      return true;
    },
  };
}
