/** One write of a batch: an undefined value deletes. */
export interface KvWrite {
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
}

/** The flat map of bytes that a store lies on. */
export interface Kv {
  get(key: Uint8Array): Uint8Array | undefined;
  /** Writes all or nothing; durable when the promise resolves, or at once where there is none. */
  write(batch: readonly KvWrite[]): Promise<void> | undefined;
  close(): Promise<void>;
}
