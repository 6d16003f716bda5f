import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ChainError, ensure } from "#chain/kernel/error.ts";
import type { Message } from "#chain/kernel/module.ts";
import type { ProofTask } from "#chain/kernel/proof.ts";
import type { DecodedTx } from "#chain/tx/decode.ts";
import { readTx } from "./execute.ts";
import { errors } from "./injected.ts";
import type { Machine } from "./types.ts";

/** The message of a transaction that brings a proof; fails with (app, 3) where there are two. */
export function proofMessage(tx: DecodedTx<Message>): { type: Message; value: unknown } | undefined {
  const proving = tx.messages.filter(({ type }) => type.handler.proof !== undefined);
  ensure(proving.length <= 1, errors.TwoProofs, { proofs: proving.length });
  return proving[0];
}

/**
 * What the transaction's proof must show, from committed state; undefined without one. Throws when none is
 * due.
 */
export function proofTask(ctx: ReadCtx, tx: DecodedTx<Message>): ProofTask | undefined {
  const message = proofMessage(tx);
  return message?.type.handler.proof?.(ctx, message.value);
}

/**
 * The proofs that a block's transactions bring; those that state refuses have no task and will fail on their
 * own.
 */
export function proofTasks(machine: Machine, ctx: ReadCtx, txs: readonly Uint8Array[]): ProofTask[] {
  const tasks: ProofTask[] = [];
  for (const bytes of txs) {
    try {
      const task = proofTask(ctx, readTx(machine, bytes));
      if (task) tasks.push(task);
    } catch (error) {
      if (!(error instanceof ChainError)) throw error;
    }
  }
  return tasks;
}
