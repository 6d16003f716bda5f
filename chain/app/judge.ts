import { compareBytes } from "#chain/bytes/compare.ts";
import { u64be } from "#chain/bytes/int.ts";
import { taggedHash } from "#chain/bytes/tagged.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import type { DueProof } from "#chain/kernel/proof.ts";
import type { ProofVerifier } from "#chain/verify/types.ts";
import { proofPlaces } from "./places.ts";
import { holds } from "./proofs.ts";

/** A proof that waits for a place in a block, under the id of its transaction. */
export interface WaitingProof {
  readonly id: string;
  readonly task: DueProof;
}

/** A proof that was judged. */
export interface Judged {
  readonly task: DueProof;
  readonly holds: boolean;
}

/** Those who wait, in an order that differs from block to block and is nobody's to choose. */
function byLot(waiting: readonly WaitingProof[], height: bigint): readonly WaitingProof[] {
  const lots = waiting.map((each) => {
    const { game, debtor } = each.task.place;
    return { each, lot: taggedHash("iterum/proof-turn/v1", u64be(height), utf8(game), utf8(debtor)) };
  });
  return lots.sort((a, b) => compareBytes(a.lot, b.lot)).map(({ each }) => each);
}

/**
 * Judges the proofs that a proposer has room for, the next one of each debtor. A place that a false proof
 * took goes to another debtor, and no more are judged than a block has places: so nobody who sends false
 * proofs, which cost nothing since they enter no block, keeps the proofs of others out until PROVE ends.
 */
export async function judge(
  proofs: ProofVerifier,
  height: bigint,
  waiting: readonly WaitingProof[],
): Promise<ReadonlyMap<string, Judged>> {
  const places = proofPlaces();
  const found = new Map<string, Judged>();
  let queue = byLot(waiting, height);
  for (;;) {
    const next = queue.filter(({ task }) => places.take(task));
    if (next.length === 0) return found;
    const verdicts = await proofs.verifyAll(next.map(({ task }) => task));
    for (const { id, task } of next) {
      const isTrue = holds(verdicts, task);
      found.set(id, { task, holds: isTrue });
      if (!isTrue) places.refill(task);
    }
    queue = queue.filter(({ id }) => !found.has(id));
  }
}
