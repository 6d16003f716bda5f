import type { Application } from "./application.ts";
import type { Connection } from "./connection.ts";
import { answer, type Call, encodeException, type Urgency } from "./dispatch.ts";
import { SLICE_MS } from "./slice.ts";

/**
 * CheckTx calls of one connection that may be under way at once: so many that the threads that verify their
 * signatures, in batches, have work left while a block runs. A block need not wait behind them: what is done
 * with each pauses for it (`burst`).
 */
const PIPELINE_MAX = 512;
/** Bytes of these: what was read of them is held too, some five times as much. Hundreds of short ones fit. */
const PIPELINE_BYTES_MAX = 4 * 1024 * 1024;

/**
 * Queries of one connection that may be under way at once, since threads answer them: enough to keep those
 * busy, and few enough to be over soon when consensus calls.
 */
const QUERIES_MAX = 8;

const RANK: Readonly<Record<Urgency, number>> = { any: 0, consensus: 1, mempool: 2, query: 3 };

interface Chosen {
  readonly connection: Connection;
  readonly call: Call;
}

/**
 * Serves connections in slices, consensus first. Requests of one connection begin in order; the next begins
 * when the one before is answered, but for queries and those of the mempool. No query begins while consensus
 * waits for an answer: where processors are few, its thread would take them from the block. No other request
 * of consensus does either, on whatever connection: one of a CometBFT that died is over before the next one's
 * begin. When the application throws, CometBFT is told so, nothing more is served, and `onFailure` is called.
 */
export class Scheduler {
  readonly #application: Application;
  readonly #onFailure: (error: unknown) => void;
  readonly #awake = new Set<Connection>();
  #isScheduled = false;
  #isStopped = false;
  /** Calls of consensus that are not answered yet, and connections that wait for that. */
  #deciding = 0;
  readonly #held = new Set<Connection>();

  constructor(application: Application, onFailure: (error: unknown) => void) {
    this.#application = application;
    this.#onFailure = onFailure;
  }

  /** The connection has requests, or room for answers. */
  wake(connection: Connection): void {
    if (this.#isStopped) return;
    this.#awake.add(connection);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#runSlice());
  }

  /** Serves nothing any more. */
  stop(): void {
    this.#isStopped = true;
    this.#awake.clear();
    this.#held.clear();
  }

  #runSlice(): void {
    this.#isScheduled = false;
    const served = new Set<Connection>();
    const endsMs = performance.now() + SLICE_MS;
    while (!this.#isStopped && performance.now() < endsMs) {
      const chosen = this.#choose(served);
      if (chosen === undefined) break;
      served.add(chosen.connection);
      this.#serve(chosen);
    }
    for (const connection of served) connection.flush();
    for (const connection of this.#awake) this.wake(connection);
  }

  /** The most urgent request that may begin; forgets connections that have none. */
  #choose(served: Set<Connection>): Chosen | undefined {
    let best: Chosen | undefined;
    for (const connection of this.#awake) {
      const call = connection.next();
      const isHeld = this.#deciding > 0 && (call?.urgency === "query" || call?.urgency === "consensus");
      if (isHeld) this.#held.add(connection);
      if (call === undefined || isHeld || !mayBegin(connection, call)) {
        // Answers that are there are sent even when nothing can begin.
        served.add(connection);
        this.#awake.delete(connection);
      } else if (best === undefined || RANK[call.urgency] < RANK[best.call.urgency]) {
        best = { connection, call };
      }
    }
    return best;
  }

  #serve({ connection, call }: Chosen): void {
    const place = connection.begin();
    try {
      const result = answer(this.#application, call);
      if (!(result instanceof Promise)) {
        connection.finish(place, result);
        return;
      }
      const isDecision = call.urgency === "consensus";
      if (isDecision) this.#deciding++;
      result.then(
        (bytes) => {
          connection.finish(place, bytes);
          this.wake(connection);
          if (isDecision) this.#decided();
        },
        (error: unknown) => this.#fail(connection, error),
      );
    } catch (error) {
      this.#fail(connection, error);
    }
  }

  #decided(): void {
    if (--this.#deciding > 0) return;
    for (const connection of this.#held) this.wake(connection);
    this.#held.clear();
  }

  #fail(connection: Connection, error: unknown): void {
    if (this.#isStopped) return;
    this.stop();
    connection.endWith(encodeException(error instanceof Error ? error.message : String(error)));
    this.#onFailure(error);
  }
}

/** Echo and Flush take part in the order like all others, but need not wait for answers before theirs. */
function mayBegin(connection: Connection, call: Call): boolean {
  const pending = connection.pending();
  if (call.urgency === "any" || pending === 0) return true;
  if (call.method === "query") return pending < QUERIES_MAX;
  if (call.urgency !== "mempool") return false;
  return pending < PIPELINE_MAX && connection.pendingBytes() < PIPELINE_BYTES_MAX;
}
