import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ChainError } from "#chain/kernel/error.ts";
import type { Message } from "#chain/kernel/module.ts";
import type { ProofTask } from "#chain/kernel/proof.ts";
import type { DecodedTx, TxMessage } from "#chain/tx/decode.ts";
import { readTx } from "./execute.ts";
import type { Machine } from "./types.ts";

/** The message of a transaction that brings a proof; undefined without one. */
export const proofMessage = (tx: DecodedTx<Message>): TxMessage<Message> | undefined =>
  tx.messages.find(({ type }) => type.handler.proof !== undefined);

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
