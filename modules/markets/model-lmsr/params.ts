import { larger, smaller } from "#chain/math/bounds.ts";
import { lnDown, WAD } from "#chain/math/fixed.ts";
import { floorDiv, mulDiv } from "#chain/math/mul-div.ts";
import type { Needs, RoundTerms } from "../kind.ts";
import type { Terms } from "../order-state.ts";
import { checkTerms, needsOf, scaledDeposits } from "../order-terms.ts";
import { demand, isWhole, priorFromFrequencies, SIZE_MIN } from "../param-rules.ts";

/**
 * Parameters of a `model-lmsr/1` market. Amounts are base units (10⁻⁶ tokens). Deposits are at least b/20, so
 * that small orders cannot squat the slots, and at most b: beyond it overconfident reports pay.
 */
export interface Params extends Terms {
  /** b, 10⁶…10¹⁵ base units. */
  readonly liquidity: bigint;
  /** P, 1…8: each deposit trades in so many equal parts. */
  readonly slices: number;
}

/** 18-decimal units in a millionth. */
const WAD_PER_PPM = 10n ** 12n;
const SLICES_MAX = 8;

/** Throws ParamsRefused unless every parameter is within the bounds of the protocol. */
export function checkParams(p: Params): void {
  checkTerms(p, p.liquidity);
  demand(isWhole(p.slices, 1, SLICES_MAX), "1 ≤ slices ≤ 8");
}

/** Each order moves each item once a slice. */
export const needs = (p: Params): Needs => needsOf(p, p.slices);

/** p⁰ in 18-decimal fixed point, exact. */
export const priorPrices = (p: Params): bigint[] => p.priorPpm.map((entry) => BigInt(entry) * WAD_PER_PPM);

/** Upper bound of max_k ln(1/p⁰_k), 18 decimals. */
function worstSurprise(p: Params): bigint {
  return priorPrices(p).reduce((worst, price) => larger(worst, -lnDown(price)), 0n);
}

/**
 * S = ⌈b·max_k −lnDown(p⁰_k)⌉, what the vault must hold before the first order.
 *
 * It covers every outcome without a further margin, since Φ uses the same lnDown: with any labels on any
 * items of weights w_i, Σ w_i ≤ W, −Φ_0 = ⌈b·Σ w_i·(−lnDown p⁰_{y_i})/(10¹⁸·W)⌉ ≤ ⌈b·max_k(−lnDown
 * p⁰_k)/10¹⁸⌉ = S; payouts sum to deposits + Φ_T − Φ_0; and Φ_T ≤ 0 because lnDown of a price ≤ 1 is ≤ 0.
 * So the vault, which holds S + deposits, keeps S + Φ_0 − Φ_T ≥ −Φ_T ≥ 0.
 */
export const subsidy = (p: Params): bigint => mulDiv(p.liquidity, worstSurprise(p), WAD, "up");

/**
 * The parameters of one round: the prior given, lifted to 5 % where it is lower, and as much liquidity as the
 * budget covers, deposits scaled with it. Undefined when that is below the smallest liquidity.
 */
export function forRound(p: Params, terms: RoundTerms): Params | undefined {
  const priorPpm = terms.priorPpm ? priorFromFrequencies(terms.priorPpm.map(BigInt)) : p.priorPpm;
  const surprise = worstSurprise({ ...p, priorPpm });
  const liquidity = smaller(p.liquidity, floorDiv(terms.budget * WAD, surprise));
  if (liquidity < terms.liquidityMin || liquidity < SIZE_MIN) return undefined;
  return { ...p, priorPpm, liquidity, ...scaledDeposits(p, p.liquidity, liquidity) };
}
