import type { Entry, PoolTx } from "./types.ts";

/** How much may be handed out at once. */
export interface ReapBounds {
  readonly bytesMax: number;
  readonly gasMax: bigint;
  /** Height of the last committed block. */
  readonly height: bigint;
}

/** Which transactions peers have yet to hear of. */
export interface Gossip<T extends PoolTx> {
  add(entry: Entry<T>): void;
  remove(entry: Entry<T>): void;
  /** The next ones, in the order of arrival; behind them those that were handed out long ago. */
  reap(bounds: ReapBounds): readonly T[];
}

/** Hands out each transaction once, and again every `againBlocks` while it waits: peers may come late. */
export function gossip<T extends PoolTx>(againBlocks: bigint): Gossip<T> {
  const fresh = new Set<Entry<T>>();
  const announced = new Map<Entry<T>, bigint>();

  function* due(height: bigint): Iterable<Entry<T>> {
    yield* fresh;
    for (const [entry, since] of announced) {
      // In the order of their heights: none behind this one is due.
      if (since + againBlocks > height) return;
      yield entry;
    }
  }
  return {
    add: (entry) => void fresh.add(entry),
    remove: (entry) => {
      fresh.delete(entry);
      announced.delete(entry);
    },
    reap: ({ bytesMax, gasMax, height }) => {
      const chosen: Entry<T>[] = [];
      let [bytes, gas] = [0, 0n];
      for (const entry of due(height)) {
        bytes += entry.tx.bytes.length;
        gas += entry.tx.gas;
        // One alone goes whatever the bounds: it would never go otherwise.
        if (chosen.length > 0 && (bytes > bytesMax || gas > gasMax)) break;
        chosen.push(entry);
      }
      for (const entry of chosen) {
        fresh.delete(entry);
        announced.delete(entry);
        announced.set(entry, height);
      }
      return chosen.map(({ tx }) => tx);
    },
  };
}
