/** Most items that are worked on together. */
const BURST_MAX = 256;

interface Waiting<T, R> {
  readonly item: T;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Hands items that come within one turn of the event loop to `work` together, in their order; each call gets
 * the result of its own item.
 */
export function burst<T, R>(work: (items: readonly T[]) => Promise<readonly R[]>): (item: T) => Promise<R> {
  let waiting: Waiting<T, R>[] = [];
  const flush = async (group: readonly Waiting<T, R>[]): Promise<void> => {
    try {
      const results = await work(group.map(({ item }) => item));
      for (const [i, { resolve }] of group.entries()) resolve(results[i] as R);
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  };
  const flushAll = (): void => {
    const group = waiting;
    waiting = [];
    void flush(group);
  };
  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (waiting.length === 1) setImmediate(() => waiting.length > 0 && flushAll());
      if (waiting.length === BURST_MAX) flushAll();
    });
}
