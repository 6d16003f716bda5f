import type { Message } from "#chain/kernel/module.ts";
import type { DecodedTx } from "#chain/tx/decode.ts";

/** So many at most beside those of the mempool, and so many bytes: what is read takes five times those. */
const ENTRIES_MAX = 8_192;
const BYTES_MAX = 8_388_608;

/**
 * Transactions that were read lately, by the key of their hash: a block's were mostly read when they came
 * into the mempool, or when the block was proposed. What is read follows from the bytes alone.
 */
export interface KnownTxs {
  find(id: string): DecodedTx<Message> | undefined;
  add(id: string, tx: DecodedTx<Message>): void;
  /** Forgets all but those of the mempool. */
  forget(): void;
}

/** Those of a mempool, and those that are added. */
export function knownTxs(waiting: (id: string) => DecodedTx<Message> | undefined): KnownTxs {
  const added = new Map<string, DecodedTx<Message>>();
  let bytes = 0;
  const forget = (): void => {
    added.clear();
    bytes = 0;
  };
  return {
    find: (id) => waiting(id) ?? added.get(id),
    add: (id, tx) => {
      if (added.size >= ENTRIES_MAX || bytes + tx.byteLength > BYTES_MAX) forget();
      added.set(id, tx);
      bytes += tx.byteLength;
    },
    forget,
  };
}
