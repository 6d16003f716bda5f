/** A binary heap: what `before` puts first comes out first. */
export interface Heap<T> {
  push(value: T): void;
  peek(): T | undefined;
  pop(): T | undefined;
  size(): number;
}

/** A heap of the given values. */
export function heap<T>(before: (a: T, b: T) => boolean, values: Iterable<T> = []): Heap<T> {
  const items: T[] = [];
  const up = (from: number): void => {
    const value = items[from] as T;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(value, items[parent] as T)) break;
      items[at] = items[parent] as T;
      at = parent;
    }
    items[at] = value;
  };
  const down = (): void => {
    const value = items[0] as T;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && before(items[child + 1] as T, items[child] as T)) child += 1;
      if (!before(items[child] as T, value)) break;
      items[at] = items[child] as T;
      at = child;
    }
    items[at] = value;
  };
  const push = (value: T): void => {
    items.push(value);
    up(items.length - 1);
  };
  for (const value of values) push(value);
  return {
    push,
    peek: () => items[0],
    pop: () => {
      const first = items[0];
      const last = items.pop();
      if (items.length > 0) {
        items[0] = last as T;
        down();
      }
      return first;
    },
    size: () => items.length,
  };
}
