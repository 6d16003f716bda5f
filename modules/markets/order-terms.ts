import { larger } from "#chain/math/bounds.ts";
import { mulDiv } from "#chain/math/mul-div.ts";
import type { Needs } from "./kind.ts";
import type { Terms } from "./order-state.ts";
import { checkCommon, checkPrior, demand, isWhole, PPM } from "./param-rules.ts";

const CLIP_MIN_PPM = 1000;
const ORDERS_MAX = 64;

/**
 * Throws ParamsRefused unless the terms are within the bounds of the protocol.
 *
 * @param size what the community puts behind the market: b, or the house's stake
 */
export function checkTerms(p: Terms, size: bigint): void {
  checkCommon(p.classes, size, p.feePpm);
  checkPrior(p.priorPpm, p.classes);
  demand(isWhole(p.clipPpm, CLIP_MIN_PPM, Number(PPM)), "clip ≥ 0.1 %");
  demand(p.clipPpm * 2 * p.classes <= Number(PPM), "clip ≤ 1/(2·classes)");
  demand(20n * p.depositMin >= size, "depositMin ≥ liquidity/20");
  demand(p.depositMin <= p.depositMax && p.depositMax <= size, "depositMin ≤ depositMax ≤ liquidity");
  demand(isWhole(p.ordersMax, 1, ORDERS_MAX), "1 ≤ ordersMax ≤ 64");
}

/** Deposits in proportion to a smaller market, least ones rounded up. */
export function scaledDeposits(p: Terms, from: bigint, to: bigint): Pick<Terms, "depositMin" | "depositMax"> {
  const depositMin = mulDiv(p.depositMin, to, from, "up");
  return { depositMin, depositMax: larger(depositMin, mulDiv(p.depositMax, to, from, "down")) };
}

/** What orders by a model ask of the game's other rules. */
export const needsOf = (p: Terms, movesPerItem: number): Needs => ({
  classes: p.classes,
  ordersMax: p.ordersMax,
  movesPerItem,
  holdersMax: 0,
  stakeMax: p.depositMax,
  clipPpm: p.clipPpm,
  sealed: p.sealed,
});
