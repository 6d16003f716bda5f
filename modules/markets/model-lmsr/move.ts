import { larger, smaller } from "#chain/math/bounds.ts";
import { expUp, WAD } from "#chain/math/fixed.ts";
import { mulDiv } from "#chain/math/mul-div.ts";
import { waterFill } from "#chain/math/simplex.ts";
import type { Params } from "./params.ts";

/**
 * Base units of a deposit that pay for rounding instead of moving the market: 8 slices lose at most 2 each.
 */
const DUST = 16n;

/**
 * κ = min(1, expUp(−(d − 16)/(P·b))): a slice may divide a price by at most 1/κ. Rounded up, so that a turn
 * loses at most (d − 16)/P + 4·10⁻¹⁸·b + 1 < (d − 16)/P + 2 units, and all P ≤ 8 of them less than d.
 */
export function kappa(params: Params, deposit: bigint): bigint {
  const spent = larger(0n, deposit - DUST);
  return smaller(WAD, expUp(mulDiv(-spent, WAD, params.liquidity * BigInt(params.slices), "up")));
}

/**
 * The prices of one item after a model's prediction: the projection of q on p' ≥ κ·p, Σp' = 1, by
 * water-filling p'_k = max(κ·p_k, q_k/ν). Floors are rounded up; they never exceed p, so they leave a
 * simplex.
 *
 * @param prices p, 18 decimals, all classes
 * @param prediction q in 65535ths, all classes
 */
export const moveTowards = (
  prices: readonly bigint[],
  prediction: readonly bigint[],
  factor: bigint,
): bigint[] =>
  waterFill(
    prediction,
    prices.map((price) => mulDiv(factor, price, WAD, "up")),
    WAD,
  );
