/** One write of a batch: an undefined value deletes. */
export interface KvWrite {
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
}

/** The flat map of bytes that a store lies on. It may lose or spoil what it holds: the store notices. */
export interface Kv {
  get(key: Uint8Array): Uint8Array | undefined;
  /** Writes all or nothing; durable when the promise resolves, or at once where there is none. */
  write(batch: readonly KvWrite[]): Promise<void> | undefined;
  /** Everything with start ≤ key < end in the order of the keys: for tools, not for the state machine. */
  entries(start: Uint8Array, end: Uint8Array): AsyncIterable<readonly [key: Uint8Array, value: Uint8Array]>;
  /** Bytes of memory that the map takes by its own account, where it keeps one. */
  memoryBytes?(): number;
  close(): Promise<void>;
}
