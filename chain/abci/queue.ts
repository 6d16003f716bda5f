/** First in, first out, in constant time: Array.shift moves everything behind it. */
export interface Queue<T> {
  push(value: T): void;
  /** The oldest; undefined when empty. */
  first(): T | undefined;
  /** Removes the oldest and returns it; undefined when empty. */
  shift(): T | undefined;
  size(): number;
}

/** How many removed entries may stay in front before the array is copied. */
const HEAD_MAX = 4096;

/** An empty queue. */
export function createQueue<T>(): Queue<T> {
  let items: T[] = [];
  let head = 0;
  return {
    push: (value) => void items.push(value),
    first: () => items[head],
    shift() {
      const value = items[head];
      if (value === undefined) return undefined;
      head++;
      if (head === items.length || (head > HEAD_MAX && head * 2 > items.length)) {
        items = items.slice(head);
        head = 0;
      }
      return value;
    },
    size: () => items.length - head,
  };
}
