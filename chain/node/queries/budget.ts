import { ensure, errorSet } from "#chain/kernel/error.ts";
import type { CommitStore, StoreView } from "#chain/store/port.ts";

/** What a query is told that this node does not answer; another node may. */
export const errors = errorSet("query", {
  TooMuch: [2, "the query reads more than this node answers at once"],
  TooSlow: [3, "the query takes longer than this node answers"],
  Busy: [4, "this node has too many queries to answer"],
});

/** What one query may use. */
export interface QueryBudget {
  /** Entries it may read. */
  readonly rows: number;
  readonly bytes: number;
  readonly durationMs: number;
}

export const QUERY_BUDGET: QueryBudget = { rows: 20_000, bytes: 16 << 20, durationMs: 250 };

/** Reads between two looks at the clock. */
const CLOCK_ROWS = 32;
/** A proof opens two paths from root to leaf. */
const PROOF_ROWS = 128;

/** Counts what a query uses. */
export interface Meter {
  /** A new query begins. */
  reset(): void;
  /** Throws ChainError `TooMuch` or `TooSlow` when the query has used more than its budget. */
  count(rows: number, bytes: number): void;
}

/** A meter of that budget by that clock. */
export function queryMeter(budget: QueryBudget, nowMs: () => number): Meter {
  let [rows, bytes, endsMs, sinceClock] = [0, 0, 0, 0];
  return {
    reset() {
      [rows, bytes, sinceClock] = [0, 0, 0];
      endsMs = nowMs() + budget.durationMs;
    },
    count(moreRows, moreBytes) {
      rows += moreRows;
      bytes += moreBytes;
      ensure(rows <= budget.rows && bytes <= budget.bytes, errors.TooMuch, { rows, bytes });
      sinceClock += moreRows;
      if (sinceClock < CLOCK_ROWS) return;
      sinceClock = 0;
      ensure(nowMs() <= endsMs, errors.TooSlow);
    },
  };
}

/** A version whose reads are counted. */
function meteredView(view: StoreView, meter: Meter): StoreView {
  function* counted<E extends readonly [Uint8Array, Uint8Array]>(entries: Iterable<E>): Generator<E> {
    for (const entry of entries) {
      meter.count(1, entry[0].length + entry[1].length);
      yield entry;
    }
  }
  return {
    height: view.height,
    get appHash() {
      return view.appHash;
    },
    get(space, key) {
      const value = view.get(space, key);
      meter.count(1, key.length + (value?.length ?? 0));
      return value;
    },
    range: (space, start, end) => counted(view.range(space, start, end)),
    rangeReverse: (space, start, end) => counted(view.rangeReverse(space, start, end)),
    roots: () => view.roots(),
    prove(space, key) {
      meter.count(PROOF_ROWS, 0);
      return view.prove(space, key);
    },
    dump: (space) => view.dump(space),
  };
}

/** A store whose reads are counted, those of its kept versions too. */
export function meteredStore(store: CommitStore, meter: Meter): CommitStore {
  return {
    ...meteredView(store, meter),
    stage: (height, changes) => store.stage(height, changes),
    commit: (staged) => store.commit(staged),
    at(height) {
      meter.count(1, 0);
      const view = store.at(height);
      return view && meteredView(view, meter);
    },
    restore: (manifest) => store.restore(manifest),
    dropRestoration: () => store.dropRestoration(),
    close: () => store.close(),
  };
}
