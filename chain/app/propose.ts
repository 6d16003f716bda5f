import { toHex } from "#chain/bytes/hex.ts";
import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { DueProof } from "#chain/kernel/proof.ts";
import { BLOCK_BYTES_MAX } from "#chain/limits.ts";
import { type Choice, pick } from "#chain/mempool/pick.ts";
import type { Ranked } from "#chain/mempool/types.ts";
import { statementHash } from "#chain/protocol/statement.ts";
import { failureOf } from "#chain/tx/result.ts";
import type { ProofVerifier } from "#chain/verify/types.ts";
import type { OpenBlock, RanBlock } from "./block.ts";
import type { Candidate } from "./candidate.ts";
import { type Reading, readingOf, txOf } from "./execute.ts";
import { errors } from "./injected.ts";
import { type Judged, judge as judgeProofs, type WaitingProof } from "./judge.ts";
import { dueTask, holds, proofTask } from "./proofs.ts";
import { room } from "./room.ts";
import { signatoriesOf, verifyAhead } from "./signatures.ts";
import type { Machine } from "./types.ts";

/** What proofs were found to show, by the hashes of their statements. */
export type Verdicts = ReadonlyMap<string, boolean>;

/** The state and the machinery that a proposal is judged with. */
export interface Judge {
  readonly machine: Machine;
  readonly proofs: ProofVerifier;
  /** Of the committed state. */
  readonly ctx: ReadCtx;
  readonly height: bigint;
}

type Lanes = readonly (readonly Ranked<Candidate>[])[];

/** The proofs of those that wait and have a place in the next block, by the ids of their transactions. */
export function proofsOf({ ctx, proofs, height }: Judge, lanes: Lanes): Promise<ReadonlyMap<string, Judged>> {
  const waiting: readonly WaitingProof[] = lanes.flatMap((lane) =>
    lane.flatMap(({ tx }) => {
      const task = tx.prover === undefined ? undefined : dueTask(ctx, tx.decoded);
      return task ? [{ id: tx.id, task }] : [];
    }),
  );
  return judgeProofs(proofs, height, waiting);
}

/** The verdicts on proofs that were judged. */
export const verdictsOf = (judged: ReadonlyMap<string, Judged>): Verdicts =>
  new Map([...judged.values()].map(({ task, holds }) => [toHex(statementHash(task.statement)), holds]));

/** What a proposal may be made of. */
export interface Offers {
  readonly lanes: Lanes;
  readonly proofs: ReadonlyMap<string, Judged>;
  readonly bytesMax: number;
  /** Says what becomes of the lane of a transaction that does not hold. */
  refused(candidate: Candidate): Choice;
}

/**
 * Runs into a block as many transactions as fit, dearest first and in each lane's order, of those that enter
 * it where they stand; returns their bytes.
 */
export function selectTxs(ctx: ReadCtx, open: OpenBlock, offers: Offers): Uint8Array[] {
  const left = room(offers.bytesMax);
  const chosen: Uint8Array[] = [];
  pick(offers.lanes, (candidate) => {
    const { decoded: tx, prover, id } = candidate;
    const proof = offers.proofs.get(id);
    if (!left.fits(tx, proof?.task)) return "close";
    const waits = prover !== undefined && !proof && dueTask(ctx, tx) !== undefined;
    if (waits) return "close";
    // The mempool let it in before the state turned against it.
    if (prover !== undefined && !proof?.holds) return offers.refused(candidate);
    if (!open.offer({ tx })) return offers.refused(candidate);
    left.take(tx, proof?.task);
    chosen.push(candidate.bytes);
    return "take";
  });
  return chosen;
}

/** The transactions of a proposal that has passed all but its run. */
export interface Judgement {
  readonly readings: readonly Reading[];
  readonly verdicts: Verdicts;
}

/**
 * Reads the transactions of a proposal; undefined where no correct proposer could have chosen them, whatever
 * the state: they keep to the bounds of a block, and their proofs hold. The same on every node.
 */
export async function judgeTxs(judge: Judge, txs: readonly Uint8Array[]): Promise<Judgement | undefined> {
  const { machine, proofs, ctx } = judge;
  const readings = txs.map((bytes) => readingOf(machine, bytes));
  await verifyAhead(machine, signatoriesOf(ctx), readings);
  const left = room(BLOCK_BYTES_MAX);
  const tasks: DueProof[] = [];
  try {
    for (const reading of readings) {
      const tx = txOf(reading);
      const task = proofTask(ctx, tx);
      ensure(left.take(tx, task), errors.NoRoom);
      if (task) tasks.push(task);
    }
  } catch (error) {
    failureOf(error);
    return undefined;
  }
  const verdicts = await proofs.verifyAll(tasks);
  return tasks.every((task) => holds(verdicts, task)) ? { readings, verdicts } : undefined;
}

/** Runs a proposal that every node must find in order; undefined where a transaction does not enter it. */
export function runProposal(open: OpenBlock, readings: readonly Reading[]): RanBlock | undefined {
  return readings.every((reading) => open.offer(reading)) ? open.close() : undefined;
}
