import { equalBytes } from "#chain/bytes/compare.ts";
import type { BlockInfo } from "#chain/kernel/block.ts";
import type { ReadCtx, ReadStore } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import { overlay } from "#chain/kernel/overlay.ts";
import type { DueProof } from "#chain/kernel/proof.ts";
import { BLOCK_BYTES_MAX } from "#chain/limits.ts";
import { type Choice, pick } from "#chain/mempool/pick.ts";
import type { Ranked } from "#chain/mempool/types.ts";
import { failureOf } from "#chain/tx/result.ts";
import type { ProofVerifier } from "#chain/verify/types.ts";
import type { Candidate } from "./candidate.ts";
import { enterTx, readingOf, txOf } from "./execute.ts";
import { errors } from "./injected.ts";
import { judge as judgeProofs, type WaitingProof } from "./judge.ts";
import { dueTask, holds, proofTask } from "./proofs.ts";
import { room } from "./room.ts";
import { signatoriesOf, verifyAhead } from "./signatures.ts";
import type { Block, Machine } from "./types.ts";

/** The state and the machinery that a proposal is judged with. */
export interface Judge {
  readonly machine: Machine;
  readonly proofs: ProofVerifier;
  /** Committed state; nothing is written into it. */
  readonly base: ReadStore;
  readonly ctx: ReadCtx;
  /** The block that is proposed. */
  readonly block: BlockInfo;
}

/** Whether two proposals are the same, byte for byte. */
export const sameBlock = (a: Block, b: Block): boolean =>
  a.height === b.height &&
  a.timeMs === b.timeMs &&
  equalBytes(a.proposer, b.proposer) &&
  a.txs.length === b.txs.length &&
  a.txs.every((bytes, i) => equalBytes(bytes, b.txs[i] as Uint8Array));

type Lanes = readonly (readonly Ranked<Candidate>[])[];

/** The proofs of a list that are due, each debtor's in its order. */
const waitingIn = ({ ctx }: Judge, lanes: Lanes): readonly WaitingProof[] =>
  lanes.flatMap((lane) =>
    lane.flatMap(({ tx }) => {
      const task = tx.prover === undefined ? undefined : dueTask(ctx, tx.decoded);
      return task ? [{ id: tx.id, task }] : [];
    }),
  );

/**
 * The transactions of a proposal: as many of the given as fit, dearest first and in each lane's order, whose
 * fee and turn hold over the committed state and over those before them. `refused` says what becomes of the
 * lane of one that does not hold.
 */
export async function selectTxs(
  judge: Judge,
  lanes: Lanes,
  bytesMax: number,
  refused: (candidate: Candidate) => Choice,
): Promise<Uint8Array[]> {
  const { machine, base, ctx, block } = judge;
  const proofs = await judgeProofs(judge.proofs, block.height, waitingIn(judge, lanes));
  const left = room(bytesMax);
  const scratch = overlay(base);
  const chosen: Uint8Array[] = [];
  pick(lanes, (candidate) => {
    const { decoded: tx } = candidate;
    const { prover, id } = candidate;
    const proof = proofs.get(id);
    if (!left.fits(tx, proof?.task)) return "close";
    const waits = prover !== undefined && !proof && dueTask(ctx, tx) !== undefined;
    if (waits) return "close";
    try {
      ensure(prover === undefined || proof?.holds, errors.FalseProof);
      enterTx(machine, scratch, block, tx);
    } catch (error) {
      // The mempool let it in before the state turned against it. Throws again what must stop the node.
      failureOf(error);
      return refused(candidate);
    }
    left.take(tx, proof?.task);
    chosen.push(candidate.bytes);
    return "take";
  });
  return chosen;
}

/**
 * Whether a correct proposer could have chosen these transactions: they keep to the bounds of a block, fee
 * and turn of each hold over those before it, and so do their proofs. The same on every node.
 */
export async function acceptsTxs(judge: Judge, txs: readonly Uint8Array[]): Promise<boolean> {
  const { machine, proofs, base, ctx, block } = judge;
  const readings = txs.map((bytes) => readingOf(machine, bytes));
  await verifyAhead(machine, signatoriesOf(ctx), readings);
  const left = room(BLOCK_BYTES_MAX);
  const scratch = overlay(base);
  const tasks: DueProof[] = [];
  try {
    for (const reading of readings) {
      const tx = txOf(reading);
      const task = proofTask(ctx, tx);
      ensure(left.take(tx, task), errors.NoRoom);
      if (task) tasks.push(task);
      enterTx(machine, scratch, block, tx);
    }
  } catch (error) {
    failureOf(error);
    return false;
  }
  const verdicts = await proofs.verifyAll(tasks);
  return tasks.every((task) => holds(verdicts, task));
}
