/** A transaction as the mempool sees it. */
export interface PoolTx {
  /** SHA-256 of its bytes as a key. */
  readonly id: string;
  readonly bytes: Uint8Array;
  /** The account whose limits it counts towards: its first signer. */
  readonly sender: string;
  /** Those of one lane enter blocks in the order of their sequences: the sender, where it takes turns. */
  readonly lane: string;
  readonly sequence: bigint;
  /** Everybody who signs, the sender first. */
  readonly signers: readonly string[];
  readonly payer: string;
  /** Base units of the fee's denom. */
  readonly fee: bigint;
  readonly gas: bigint;
  /** Last height at which it may execute; 0 for any. */
  readonly timeoutHeight: bigint;
  /** Names the debt that its proof is to pay; undefined without one. */
  readonly prover: string | undefined;
}

/** A place in the order of transactions: what it pays, then who came first. */
export interface Ranked<T extends PoolTx> {
  readonly tx: T;
  /** Millionths of a base unit for a unit of gas, rounded down. */
  readonly price: bigint;
  /** Counts arrivals. */
  readonly order: number;
}

/** A transaction that waits. */
export interface Entry<T extends PoolTx> extends Ranked<T> {
  readonly lane: Lane<T>;
  readonly arrivedHeight: bigint;
  readonly arrivedMs: number;
  /** The lowest price up to it in its lane, as it enters no block before those; below 0 behind a gap. */
  effective: bigint;
}

/** The waiting transactions of a sender by their sequences. */
export interface Lane<T extends PoolTx> {
  readonly key: string;
  /** The sequence that its account has now. */
  next: bigint;
  /** The first sequence from `next` on that is missing. */
  gapAt: bigint;
  /** The one with the highest sequence. */
  tail: Entry<T> | undefined;
  readonly entries: Map<bigint, Entry<T>>;
  /** Counts changes, so that what was noted about the tail can be told from what holds. */
  version: number;
}

/** When and in what state something happens. */
export interface Moment {
  /** Height of the last committed block. */
  readonly height: bigint;
  /** Of a clock that may be anything, but goes forward. */
  readonly nowMs: number;
}
