/** An event of the feed: its CID as text, and its archive when asked for. */
export interface FeedEvent {
  readonly cid: string;
  readonly car: Uint8Array | undefined;
}

export interface FeedPage {
  readonly events: readonly FeedEvent[];
  /** Where the next page begins; the same again when there is nothing new. */
  readonly resumeToken: string;
}

export interface StreamState {
  /** Text of the StreamID. */
  readonly id: string;
  /** CID of the last event: it commits to all events of the stream in their order. */
  readonly tip: string;
  readonly controller: string;
}

/** Where members publish their events and readers find them: our data node or a Ceramic One node. */
export interface EventStore {
  /** Stores an archive; resolves once it is durable. Storing it again changes nothing. */
  readonly put: (car: Uint8Array) => Promise<void>;
  /** The archive of an event, checked against the CID; undefined when the store has none. */
  readonly get: (cid: string) => Promise<Uint8Array | undefined>;
  readonly feed: (query: {
    readonly resumeAt?: string;
    readonly limit?: number;
    readonly includeData?: boolean;
  }) => Promise<FeedPage>;
  readonly stream: (streamId: string) => Promise<StreamState | undefined>;
  /** Asks the store to keep and replicate the streams of a model (text of its StreamID). */
  readonly registerInterest: (model: string) => Promise<void>;
}

export type StoreErrorCode = "unreachable" | "refused" | "fork" | "busy" | "badAnswer";

/**
 * A store that does not answer in time (`unreachable`), refuses (`refused`, `fork`, or `busy`: try later),
 * or answers with something else than it was asked for (`badAnswer`).
 */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
