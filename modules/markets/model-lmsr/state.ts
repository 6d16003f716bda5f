import { WAD } from "#chain/math/fixed.ts";
import { floorDiv } from "#chain/math/mul-div.ts";
import type { Book } from "../order-state.ts";
import type { Params } from "./params.ts";

/** Label shares are millionths. */
const PPM = 1_000_000n;

/** Where the settlement crank stands. */
export interface Crank {
  readonly items: number;
  /** W. */
  readonly totalWeight: bigint;
  /** The next item-move: slice, turn within its permutation, item; the slice is P when all is done. */
  readonly slice: number;
  readonly turn: number;
  readonly item: number;
  /** Σ w_i·Σ_k y_ik·lnDown(p_ik) of the items that the current turn has moved; 10⁻²⁴. */
  readonly movedSum: bigint;
  /** Φ before the first and before the current turn, base units, ≤ 0. */
  readonly potentialStart: bigint;
  readonly potential: bigint;
  /** p, 18 decimals, K numbers an item. */
  readonly prices: readonly bigint[];
}

/** One round's market. */
export interface State extends Book<Params> {
  /** Absent until the first step. */
  readonly crank: Crank | undefined;
}

/** Φ = ⌊b·Σ w_i·Σ_k y_ik·lnDown(p_ik) / (10²⁴·W)⌋: the one place where money is rounded. */
export const potentialOf = (liquidity: bigint, sum: bigint, totalWeight: bigint): bigint =>
  floorDiv(liquidity * sum, WAD * PPM * totalWeight);
