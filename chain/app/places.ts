import type { DueProof } from "#chain/kernel/proof.ts";
import { BLOCK_PROOFS_MAX } from "#chain/limits.ts";

/** The places of one block for proofs: each game has its own, and whoever owes it proofs one of them. */
export interface ProofPlaces {
  fits(task: DueProof): boolean;
  /** Takes a place for a proof, where there is one. */
  take(task: DueProof): boolean;
  /** Gives a game the place of a proof back that turned out false; its debtor gets no other in this block. */
  refill(task: DueProof): void;
}

/** The places of an empty block. */
export function proofPlaces(): ProofPlaces {
  const perGame = new Map<string, { readonly debtors: Set<string>; held: number }>();
  let taken = 0;
  const fits: ProofPlaces["fits"] = ({ place: { game, debtor, perBlock } }) => {
    const found = perGame.get(game);
    return taken < BLOCK_PROOFS_MAX && (found?.held ?? 0) < perBlock && !found?.debtors.has(debtor);
  };
  return {
    fits,
    take: (task) => {
      if (!fits(task)) return false;
      const { game, debtor } = task.place;
      const found = perGame.get(game) ?? { debtors: new Set(), held: 0 };
      found.debtors.add(debtor);
      found.held += 1;
      perGame.set(game, found);
      taken += 1;
      return true;
    },
    refill: ({ place: { game } }) => {
      const found = perGame.get(game);
      if (found) found.held -= 1;
    },
  };
}
