import type { Address } from "./kind.ts";

/** Parameters that orders by a model have in every kind. Amounts are base units. */
export interface Terms {
  /** K, 2…16. */
  readonly classes: number;
  /** p⁰ per class in millionths; each ≥ 5 %, together 10⁶. */
  readonly priorPpm: readonly number[];
  /** Fee on the bound in millionths, at most 5 %. */
  readonly feePpm: number;
  /** Least probability that a prediction gives a class, in millionths: 0.1 %…1/(2K). */
  readonly clipPpm: number;
  /** Orders are committed first and opened after the close. */
  readonly sealed: boolean;
  readonly depositMin: bigint;
  readonly depositMax: bigint;
  /** Slots, 1…64. */
  readonly ordersMax: number;
}

/** Orders enter while "open", are fixed when "closed"; the last two are final. */
export type Phase = "open" | "closed" | "settling" | "settled" | "paid" | "void";

/** An order in the market. Amounts are base units. */
export interface Position {
  readonly operator: Address;
  readonly orderHash: Uint8Array;
  readonly bound: bigint;
  readonly fee: bigint;
  /** Zero until the market closes. */
  readonly deposit: bigint;
  /** Profit so far. */
  readonly gain: bigint;
  readonly isForfeited: boolean;
}

/** The orders of one round's market. */
export interface Book<P extends Terms> {
  readonly params: P;
  readonly phase: Phase;
  /** S, locked when the round opened. */
  readonly subsidy: bigint;
  /** By order hash, so that nothing depends on when an order came. */
  readonly positions: readonly Position[];
  /** The beacon value of the close; empty until then. */
  readonly seed: Uint8Array;
}
