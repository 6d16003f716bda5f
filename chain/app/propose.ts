import { toHex } from "#chain/bytes/hex.ts";
import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ChainError } from "#chain/kernel/error.ts";
import type { Message } from "#chain/kernel/module.ts";
import type { ProofTask } from "#chain/kernel/proof.ts";
import { BLOCK_GAS_MAX, BLOCK_PROOFS_MAX } from "#chain/limits.ts";
import { statementHash } from "#chain/protocol/statement.ts";
import type { DecodedTx } from "#chain/tx/decode.ts";
import type { ProofVerifier } from "#chain/verify/types.ts";
import { readTx } from "./execute.ts";
import { proofMessage, proofTask } from "./proofs.ts";
import type { Machine } from "./types.ts";

/** Length of a transaction in a block: its bytes behind a tag and a varint. */
function blockBytes({ length }: Uint8Array): number {
  let bytes = length + 2;
  for (let rest = length; rest >= 0x80; rest >>>= 7) bytes += 1;
  return bytes;
}

/** Room of one block: bytes, gas, and lanes for proofs, of which whoever owes proofs has one. */
function room(bytesMax: number): { take(bytes: Uint8Array, tx: DecodedTx<Message>): boolean } {
  let bytesLeft = bytesMax;
  let gasLeft = BLOCK_GAS_MAX;
  const provers = new Set<string>();
  return {
    take: (bytes, tx) => {
      // Not the payer of the fee, who may be anybody: with many payers one debtor would fill all lanes.
      const prover = proofMessage(tx)?.signer;
      if (blockBytes(bytes) > bytesLeft || tx.fee.gasLimit > gasLeft) return false;
      if (prover !== undefined && (provers.size === BLOCK_PROOFS_MAX || provers.has(prover))) return false;
      bytesLeft -= blockBytes(bytes);
      gasLeft -= tx.fee.gasLimit;
      if (prover !== undefined) provers.add(prover);
      return true;
    },
  };
}

interface Choice {
  readonly bytes: Uint8Array;
  readonly task: ProofTask | undefined;
}

function choose(machine: Machine, ctx: ReadCtx, txs: readonly Uint8Array[], bytesMax: number): Choice[] {
  const left = room(bytesMax);
  const chosen: Choice[] = [];
  for (const bytes of txs) {
    try {
      const tx = readTx(machine, bytes);
      const task = proofTask(ctx, tx);
      if (left.take(bytes, tx)) chosen.push({ bytes, task });
    } catch (error) {
      // The mempool let it in before the state turned against it: it would only fail.
      if (!(error instanceof ChainError)) throw error;
    }
  }
  return chosen;
}

/**
 * The transactions of a proposal: as many of the given as fit, without proofs that are not due or do not
 * hold.
 */
export async function selectTxs(
  machine: Machine,
  verifier: ProofVerifier,
  ctx: ReadCtx,
  txs: readonly Uint8Array[],
  bytesMax: number,
): Promise<Uint8Array[]> {
  const chosen = choose(machine, ctx, txs, bytesMax);
  const verdicts = await verifier.verifyAll(chosen.flatMap(({ task }) => (task ? [task] : [])));
  return chosen
    .filter(({ task }) => !task || verdicts.get(toHex(statementHash(task.statement))) === true)
    .map(({ bytes }) => bytes);
}

/** Whether a proposal's transactions keep to the bounds that every proposer keeps to. */
export function keepsBounds(machine: Machine, txs: readonly Uint8Array[], bytesMax: number): boolean {
  const left = room(bytesMax);
  try {
    return txs.every((bytes) => left.take(bytes, readTx(machine, bytes)));
  } catch (error) {
    if (error instanceof ChainError) return false;
    throw error;
  }
}
