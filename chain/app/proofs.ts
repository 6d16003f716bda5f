import { toHex } from "#chain/bytes/hex.ts";
import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ChainError } from "#chain/kernel/error.ts";
import type { Message } from "#chain/kernel/module.ts";
import type { DueProof } from "#chain/kernel/proof.ts";
import { statementHash } from "#chain/protocol/statement.ts";
import type { DecodedTx, TxMessage } from "#chain/tx/decode.ts";

/** The message of a transaction that brings a proof; undefined without one. */
const proofMessage = (tx: DecodedTx<Message>): TxMessage<Message> | undefined =>
  tx.messages.find(({ type }) => type.handler.proof !== undefined);

/** The debt that a transaction's proof is to pay; undefined without a proof. */
export function debtOf(tx: DecodedTx<Message>): string | undefined {
  const message = proofMessage(tx);
  return message && (message.type.handler.debt?.(message.value) ?? message.signer);
}

/**
 * What the transaction's proof must show, from committed state; undefined without one. Throws when none is
 * due.
 */
export function proofTask(ctx: ReadCtx, tx: DecodedTx<Message>): DueProof | undefined {
  const message = proofMessage(tx);
  return message?.type.handler.proof?.(ctx, message.value);
}

/** The same, where state that refuses the proof means none: such a transaction will fail on its own. */
export function dueTask(ctx: ReadCtx, tx: DecodedTx<Message>): DueProof | undefined {
  try {
    return proofTask(ctx, tx);
  } catch (error) {
    if (error instanceof ChainError) return undefined;
    throw error;
  }
}

/** Whether the verdicts say that the task's proof holds. */
export const holds = (verdicts: ReadonlyMap<string, boolean>, { statement }: DueProof): boolean =>
  verdicts.get(toHex(statementHash(statement))) === true;
