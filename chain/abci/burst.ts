import type { Pause } from "#chain/app/types.ts";
import { SLICE_MS } from "./slice.ts";

/** Most items that are worked on together. */
const BURST_MAX = 256;

interface Waiting<T, R> {
  readonly item: T;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

function pauses(): Pause {
  let endsMs = performance.now() + SLICE_MS;
  return () => {
    if (performance.now() < endsMs) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        endsMs = performance.now() + SLICE_MS;
        resolve();
      });
    });
  };
}

/**
 * Hands items that come within one turn of the event loop to `work` together, in their order; each call gets
 * the result of its own item, after those before it. `work` pauses between its items where it is told to, and
 * so do those who get their results.
 */
export function burst<T, R>(
  work: (items: readonly T[], pause: Pause) => Promise<readonly R[]>,
): (item: T) => Promise<R> {
  let waiting: Waiting<T, R>[] = [];
  let last = Promise.resolve();
  const flush = async (group: readonly Waiting<T, R>[], before: Promise<void>): Promise<void> => {
    try {
      const results = await work(
        group.map(({ item }) => item),
        pauses(),
      );
      await before;
      const pause = pauses();
      for (const [i, { resolve }] of group.entries()) {
        resolve(results[i] as R);
        // Who waits for it goes on before this does.
        await pause();
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  };
  const flushAll = (): void => {
    const group = waiting;
    waiting = [];
    last = flush(group, last);
  };
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (waiting.length === 1) setImmediate(() => waiting.length > 0 && flushAll());
      if (waiting.length === BURST_MAX) flushAll();
    });
}
