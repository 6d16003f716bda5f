/** Every bound of a data node. Bytes count archives as stored. */
export interface DataLimits {
  readonly bodyBytesMax: number;
  readonly memberEventsMax: number;
  readonly memberBytesMax: number;
  readonly streamEventsMax: number;
  readonly totalBytesMax: number;
  /** Appends that wait for the disk; more are answered with `busy`. */
  readonly pendingMax: number;
  /** Events of one page of the feed, and bytes of its archives. */
  readonly pageEventsMax: number;
  readonly pageBytesMax: number;
  readonly connectionsMax: number;
  /** Time to receive a whole request. */
  readonly requestTimeoutMs: number;
}

/** Room for a block of 256,000 bytes with its capability in base64; 64 MiB a member, 8 GiB in all. */
export const DATA_LIMITS: DataLimits = {
  bodyBytesMax: 512 * 1024,
  memberEventsMax: 100_000,
  memberBytesMax: 64 * 1024 * 1024,
  streamEventsMax: 4096,
  totalBytesMax: 8 * 1024 * 1024 * 1024,
  pendingMax: 256,
  pageEventsMax: 1000,
  pageBytesMax: 4 * 1024 * 1024,
  connectionsMax: 256,
  requestTimeoutMs: 10_000,
};
