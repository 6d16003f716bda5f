import type { Message } from "#chain/kernel/module.ts";
import { BLOCK_GAS_MAX, BLOCK_PROOFS_MAX } from "#chain/limits.ts";
import type { DecodedTx } from "#chain/tx/decode.ts";
import { proofMessage } from "./proofs.ts";

/** Length of a transaction in a block: its bytes behind a tag and a varint. */
function blockBytes(length: number): number {
  let bytes = length + 2;
  for (let rest = length; rest >= 0x80; rest >>>= 7) bytes += 1;
  return bytes;
}

/** Room of one block: bytes, gas, and lanes for proofs, of which whoever owes proofs has one. */
export interface Room {
  fits(tx: DecodedTx<Message>): boolean;
  /** Takes room for a transaction, where there is some. */
  take(tx: DecodedTx<Message>): boolean;
}

/** The room of an empty block. */
export function room(bytesMax: number): Room {
  let bytesLeft = bytesMax;
  let gasLeft = BLOCK_GAS_MAX;
  const provers = new Set<string>();
  // Not the payer of the fee, who may be anybody: with many payers one debtor would fill all lanes.
  const proverOf = (tx: DecodedTx<Message>): string | undefined => proofMessage(tx)?.signer;
  const fits: Room["fits"] = (tx) => {
    if (blockBytes(tx.byteLength) > bytesLeft || tx.fee.gasLimit > gasLeft) return false;
    const prover = proverOf(tx);
    return prover === undefined || (provers.size < BLOCK_PROOFS_MAX && !provers.has(prover));
  };
  return {
    fits,
    take: (tx) => {
      if (!fits(tx)) return false;
      bytesLeft -= blockBytes(tx.byteLength);
      gasLeft -= tx.fee.gasLimit;
      const prover = proverOf(tx);
      if (prover !== undefined) provers.add(prover);
      return true;
    },
  };
}
