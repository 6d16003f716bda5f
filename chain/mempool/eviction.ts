import { type Heap, heap } from "./heap.ts";
import type { Entry, Lane, PoolTx } from "./types.ts";

/** What was noted of a lane's tail at one time. */
interface Note<T extends PoolTx> {
  readonly entry: Entry<T>;
  readonly effective: bigint;
  readonly lane: Lane<T>;
  readonly version: number;
}

/** The order in which transactions make room: only the last of a lane may, as others wait behind the rest. */
export interface Eviction<T extends PoolTx> {
  /** Notes the tail of a lane that has changed. */
  note(lane: Lane<T>): void;
  /** The tail without a proof that effectively pays least, the latest of equals; undefined without one. */
  worst(): Entry<T> | undefined;
}

const NOTES_MIN = 1_024;

const worseThan = <T extends PoolTx>(a: Note<T>, b: Note<T>): boolean =>
  a.effective === b.effective ? a.entry.order > b.entry.order : a.effective < b.effective;

const holds = <T extends PoolTx>({ lane, version }: Note<T>): boolean => lane.version === version;

/** An empty order. Notes that hold no more are thrown away as they come up, or when most are such. */
export function eviction<T extends PoolTx>(lanes: ReadonlyMap<string, Lane<T>>): Eviction<T> {
  const noteOf = (lane: Lane<T>): Note<T>[] => {
    const { tail: entry, version } = lane;
    if (entry === undefined || entry.tx.prover !== undefined) return [];
    return [{ entry, effective: entry.effective, lane, version }];
  };
  let notes: Heap<Note<T>> = heap(worseThan<T>);
  return {
    note: (lane) => {
      for (const note of noteOf(lane)) notes.push(note);
      if (notes.size() > NOTES_MIN + 2 * lanes.size)
        notes = heap(worseThan<T>, [...lanes.values()].flatMap(noteOf));
    },
    worst: () => {
      for (let note = notes.peek(); note !== undefined; note = notes.peek()) {
        if (holds(note)) return note.entry;
        notes.pop();
      }
      return undefined;
    },
  };
}
