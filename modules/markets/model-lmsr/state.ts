import { WAD } from "#chain/math/fixed.ts";
import { floorDiv } from "#chain/math/mul-div.ts";
import type { Address } from "../kind.ts";
import type { Params } from "./params.ts";

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
  /** Profit so far: differences of Φ. */
  readonly gain: bigint;
  readonly isForfeited: boolean;
}

/** Where the settlement crank stands. */
export interface Crank {
  readonly items: number;
  /** W. */
  readonly totalWeight: bigint;
  /** The next item-move: slice, turn within its permutation, item; the slice is P when all is done. */
  readonly slice: number;
  readonly turn: number;
  readonly item: number;
  /** Σ w_i·lnDown(p_{i,y_i}) of the items that the current turn has moved. */
  readonly movedSum: bigint;
  /** Φ before the first and before the current turn, base units, ≤ 0. */
  readonly potentialStart: bigint;
  readonly potential: bigint;
  /** p, 18 decimals, K numbers an item. */
  readonly prices: readonly bigint[];
}

/** One round's market. */
export interface State {
  readonly params: Params;
  readonly phase: Phase;
  /** S, locked when the round opened. */
  readonly subsidy: bigint;
  /** By order hash, so that nothing depends on when an order came. */
  readonly positions: readonly Position[];
  /** The beacon value that ranks the turns; empty until closed. */
  readonly seed: Uint8Array;
  /** Absent until the first step. */
  readonly crank: Crank | undefined;
}

/** Φ = ⌊b·Σ w_i·lnDown(p_{i,y_i}) / (10¹⁸·W)⌋: the one place where the money of a settlement is rounded. */
export const potentialOf = (liquidity: bigint, sum: bigint, totalWeight: bigint): bigint =>
  floorDiv(liquidity * sum, WAD * totalWeight);
