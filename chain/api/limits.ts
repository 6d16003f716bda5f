/** Bounds of the interface: none is consensus, each keeps one caller from hurting others. */
export interface ApiLimits {
  /** Bytes of a request's body; a transaction in base64 fits. */
  readonly bodyBytesMax: number;
  /** Nested arrays and objects in a body. */
  readonly depthMax: number;
  /** Characters of a path with its query. */
  readonly urlMax: number;
  /** Requests that are worked on at once; the others are told to come again. */
  readonly concurrentMax: number;
  /** Bodies that are on their way at once, of all and of one address. */
  readonly arrivingMax: number;
  readonly arrivingPerAddressMax: number;
  readonly connectionsMax: number;
  /** For a request to arrive, and for the node to answer it. */
  readonly timeoutMs: number;
  /** Bytes of one answer of the node; a block fits. */
  readonly answerBytesMax: number;
  /** Bytes of all answers that are being read at once. */
  readonly answersBytesMax: number;
}

export const API_LIMITS: ApiLimits = {
  bodyBytesMax: 1_000_000,
  depthMax: 32,
  urlMax: 4_096,
  concurrentMax: 128,
  arrivingMax: 128,
  arrivingPerAddressMax: 32,
  connectionsMax: 1_024,
  timeoutMs: 15_000,
  answerBytesMax: 8 << 20,
  answersBytesMax: 64 << 20,
};
