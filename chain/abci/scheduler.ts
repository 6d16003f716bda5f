import type { Application } from "./application.ts";
import type { Connection, Place } from "./connection.ts";
import { answer, type Call, encodeException, type Urgency } from "./dispatch.ts";

/**
 * After this long the sockets are read again: CometBFT's client keeps a core busy while its peer does not
 * read, and a request of consensus may have arrived.
 */
const SLICE_MS = 4;
/** CheckTx calls of one connection that may be under way at once, so that signatures are checked in batches. */
const PIPELINE_MAX = 256;

const RANK: Readonly<Record<Urgency, number>> = { any: 0, consensus: 1, mempool: 2, query: 3 };

/** Decides which connection is served next. */
export interface Scheduler {
  /** The connection has requests, or room for answers. */
  wake(connection: Connection): void;
  /** Serves nothing any more. */
  stop(): void;
}

/**
 * Serves connections in slices, consensus first. Requests of one connection begin in order; the next begins
 * when the one before is answered, but for those of the mempool. When the application throws, CometBFT is
 * told so, nothing more is served, and `onFailure` is called.
 */
export function createScheduler(application: Application, onFailure: (error: unknown) => void): Scheduler {
  const awake = new Set<Connection>();
  let isScheduled = false;
  let isStopped = false;

  function wake(connection: Connection): void {
    if (isStopped) return;
    awake.add(connection);
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(runSlice);
  }

  function fail(connection: Connection, error: unknown): void {
    if (isStopped) return;
    isStopped = true;
    connection.endWith(encodeException(error instanceof Error ? error.message : String(error)));
    onFailure(error);
  }

  function serve(connection: Connection, call: Call): void {
    const place = connection.begin();
    try {
      const result = answer(application, call);
      if (result instanceof Promise) settle(connection, place, result);
      else connection.finish(place, result);
    } catch (error) {
      fail(connection, error);
    }
  }

  function settle(connection: Connection, place: Place, result: Promise<Uint8Array>): void {
    result.then(
      (bytes) => {
        connection.finish(place, bytes);
        wake(connection);
      },
      (error: unknown) => fail(connection, error),
    );
  }

  /** The most urgent request that may begin; forgets connections that have none. */
  function choose(served: Set<Connection>): { connection: Connection; call: Call } | undefined {
    let best: { connection: Connection; call: Call } | undefined;
    for (const connection of awake) {
      const call = connection.next();
      const isHeld = call === undefined || !mayBegin(connection, call);
      if (isHeld) {
        // Answers that are there are sent even when nothing can begin.
        served.add(connection);
        awake.delete(connection);
      } else if (best === undefined || RANK[call.urgency] < RANK[best.call.urgency]) {
        best = { connection, call };
      }
    }
    return best;
  }

  function runSlice(): void {
    isScheduled = false;
    const served = new Set<Connection>();
    const endsMs = performance.now() + SLICE_MS;
    while (!isStopped && performance.now() < endsMs) {
      const chosen = choose(served);
      if (chosen === undefined) break;
      served.add(chosen.connection);
      serve(chosen.connection, chosen.call);
    }
    for (const connection of served) connection.flush();
    for (const connection of awake) wake(connection);
  }

  return {
    wake,
    stop() {
      isStopped = true;
      awake.clear();
    },
  };
}

/** Echo and Flush take part in the order like all others, but need not wait for answers before theirs. */
function mayBegin(connection: Connection, call: Call): boolean {
  const pending = connection.pending();
  if (call.urgency === "any" || pending === 0) return true;
  return call.urgency === "mempool" && pending < PIPELINE_MAX;
}
