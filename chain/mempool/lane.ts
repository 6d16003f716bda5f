import type { Entry, Lane, PoolTx, Ranked } from "./types.ts";

/** Below every price: what waits for a sequence before its own pays nothing yet. */
export const BEHIND_GAP = -1n;

/** A lane without transactions of an account whose turn is `next`. */
export const emptyLane = <T extends PoolTx>(key: string, next: bigint): Lane<T> => ({
  key,
  next,
  gapAt: next,
  tail: undefined,
  entries: new Map(),
  version: 0,
});

const lower = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** The entries in the order of their sequences. */
function* inOrder<T extends PoolTx>({ next, entries }: Lane<T>): Iterable<Entry<T>> {
  let left = entries.size;
  for (let sequence = next; left > 0; sequence += 1n) {
    const entry = entries.get(sequence);
    if (entry === undefined) continue;
    left -= 1;
    yield entry;
  }
}

/** What a transaction of that sequence and price would effectively pay in the lane. */
export function effectiveAt<T extends PoolTx>(lane: Lane<T>, sequence: bigint, price: bigint): bigint {
  let effective = price;
  for (let before = lane.next; before < sequence; before += 1n) {
    const entry = lane.entries.get(before);
    if (entry === undefined) return BEHIND_GAP;
    effective = lower(effective, entry.price);
  }
  return effective;
}

/** Notes anew what depends on the lane's order, after any change of it. */
function settle<T extends PoolTx>(lane: Lane<T>): void {
  lane.version += 1;
  lane.tail = undefined;
  lane.gapAt = lane.next;
  let lowest: bigint | undefined;
  for (const entry of inOrder(lane)) {
    lane.tail = entry;
    if (entry.tx.sequence === lane.gapAt) {
      lowest = lowest === undefined ? entry.price : lower(lowest, entry.price);
      entry.effective = lowest;
      lane.gapAt += 1n;
    } else entry.effective = BEHIND_GAP;
  }
}

/** Puts an entry into its lane, at whose sequence there is none. */
export function putIn<T extends PoolTx>(lane: Lane<T>, entry: Entry<T>): void {
  const { tail } = lane;
  const { sequence } = entry.tx;
  lane.entries.set(sequence, entry);
  if (sequence !== lane.gapAt || (tail !== undefined && tail.tx.sequence > sequence)) {
    settle(lane);
    return;
  }
  // In order, as most come: nothing else in the lane changes.
  lane.version += 1;
  lane.gapAt += 1n;
  lane.tail = entry;
  entry.effective = tail === undefined ? entry.price : lower(tail.effective, entry.price);
}

/** Takes an entry out of its lane. */
export function takeOut<T extends PoolTx>(lane: Lane<T>, entry: Entry<T>): void {
  lane.entries.delete(entry.tx.sequence);
  settle(lane);
}

/** Notes that the account's turn is another, and takes out what is behind it: the entries taken out. */
export function advance<T extends PoolTx>(lane: Lane<T>, next: bigint): readonly Entry<T>[] {
  const stale = [...lane.entries.values()].filter(({ tx }) => tx.sequence < next);
  for (const { tx } of stale) lane.entries.delete(tx.sequence);
  lane.next = next;
  settle(lane);
  return stale;
}

/** The entries that may enter a block now, in order. */
export function readyOf<T extends PoolTx>({ next, gapAt, entries }: Lane<T>): readonly Ranked<T>[] {
  const ready: Ranked<T>[] = [];
  for (let sequence = next; sequence < gapAt; sequence += 1n) ready.push(entries.get(sequence) as Entry<T>);
  return ready;
}
