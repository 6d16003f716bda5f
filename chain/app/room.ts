import type { Message } from "#chain/kernel/module.ts";
import type { DueProof } from "#chain/kernel/proof.ts";
import { BLOCK_GAS_MAX } from "#chain/limits.ts";
import type { DecodedTx } from "#chain/tx/decode.ts";
import { proofPlaces } from "./places.ts";

/** Length of a transaction in a block: its bytes behind a tag and a varint. */
function blockBytes(length: number): number {
  let bytes = length + 2;
  for (let rest = length; rest >= 0x80; rest >>>= 7) bytes += 1;
  return bytes;
}

/** Room of one block: bytes, gas, and places for proofs. */
export interface Room {
  fits(tx: DecodedTx<Message>, task: DueProof | undefined): boolean;
  /** Takes room for a transaction and the proof in it, where there is some. */
  take(tx: DecodedTx<Message>, task: DueProof | undefined): boolean;
}

/** The room of an empty block. */
export function room(bytesMax: number): Room {
  let bytesLeft = bytesMax;
  let gasLeft = BLOCK_GAS_MAX;
  const places = proofPlaces();
  const fits: Room["fits"] = (tx, task) => {
    if (blockBytes(tx.byteLength) > bytesLeft || tx.fee.gasLimit > gasLeft) return false;
    return task === undefined || places.fits(task);
  };
  return {
    fits,
    take: (tx, task) => {
      if (!fits(tx, task)) return false;
      bytesLeft -= blockBytes(tx.byteLength);
      gasLeft -= tx.fee.gasLimit;
      if (task) places.take(task);
      return true;
    },
  };
}
