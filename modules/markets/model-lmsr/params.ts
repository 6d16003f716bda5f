import { ensure } from "#chain/kernel/error.ts";
import { larger, smaller } from "#chain/math/bounds.ts";
import { lnDown, WAD } from "#chain/math/fixed.ts";
import { floorDiv, mulDiv } from "#chain/math/mul-div.ts";
import { waterFill } from "#chain/math/simplex.ts";
import { CLASSES_MAX } from "#chain/math/transform.ts";
import type { RoundTerms } from "../kind.ts";
import { kindErrors } from "../kind-errors.ts";

/** Parameters of a `model-lmsr/1` market. Amounts are base units (10⁻⁶ tokens). */
export interface Params {
  /** K, 2…16. */
  readonly classes: number;
  /** b, 10⁶…10¹⁵ base units. */
  readonly liquidity: bigint;
  /** p⁰ per class in millionths; each ≥ 5 %, together 10⁶. */
  readonly priorPpm: readonly number[];
  /** P, 1…8: each deposit trades in so many equal parts. */
  readonly slices: number;
  /** Fee on the bound in millionths, at most 5 %. */
  readonly feePpm: number;
  /** Least probability that a prediction gives a class, in millionths: 0.1 %…1/(2K). */
  readonly clipPpm: number;
  /** Orders are committed first and opened after the close. */
  readonly sealed: boolean;
  /** At least b/20, so that small orders cannot squat the slots. */
  readonly depositMin: bigint;
  /** At most b: beyond it overconfident reports pay. */
  readonly depositMax: bigint;
  /** Slots for orders, 1…64. */
  readonly ordersMax: number;
}

const PPM = 1_000_000n;
/** 18-decimal units in a millionth. */
const WAD_PER_PPM = 10n ** 12n;
const LIQUIDITY_MIN = 10n ** 6n;
const LIQUIDITY_MAX = 10n ** 15n;
const PRIOR_MIN_PPM = 50_000n;
const SLICES_MAX = 8;
const FEE_MAX_PPM = 50_000;
const CLIP_MIN_PPM = 1000;
const ORDERS_MAX = 64;

const isWhole = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most;

/** Throws ParamsRefused unless every parameter is within the bounds of the protocol. */
export function checkParams(p: Params): void {
  const require = (isMet: boolean, rule: string): void => ensure(isMet, kindErrors.ParamsRefused, { rule });
  require(isWhole(p.classes, 2, CLASSES_MAX), "2 ≤ classes ≤ 16");
  require(p.liquidity >= LIQUIDITY_MIN && p.liquidity <= LIQUIDITY_MAX, "10⁶ ≤ liquidity ≤ 10¹⁵");
  require(p.priorPpm.length === p.classes, "a prior for every class");
  require(p.priorPpm.every((entry) => isWhole(entry, Number(PRIOR_MIN_PPM), Number(PPM))), "prior ≥ 5 %");
  require(p.priorPpm.reduce((sum, entry) => sum + entry, 0) === Number(PPM), "the prior sums to one");
  require(isWhole(p.slices, 1, SLICES_MAX), "1 ≤ slices ≤ 8");
  require(isWhole(p.feePpm, 0, FEE_MAX_PPM), "fee ≤ 5 %");
  require(isWhole(p.clipPpm, CLIP_MIN_PPM, Number(PPM)), "clip ≥ 0.1 %");
  require(p.clipPpm * 2 * p.classes <= Number(PPM), "clip ≤ 1/(2·classes)");
  require(20n * p.depositMin >= p.liquidity, "depositMin ≥ liquidity/20");
  require(p.depositMin <= p.depositMax && p.depositMax <= p.liquidity, "depositMin ≤ depositMax ≤ liquidity");
  require(isWhole(p.ordersMax, 1, ORDERS_MAX), "1 ≤ ordersMax ≤ 64");
}

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
 * Class frequencies as a prior in millionths that sums to 10⁶: in proportion, but every entry ≥ 5 %; uniform
 * where nothing was counted.
 */
export function priorFromFrequencies(frequencies: readonly bigint[]): number[] {
  const counted = frequencies.some((frequency) => frequency > 0n) ? frequencies : frequencies.map(() => 1n);
  const floors = counted.map(() => PRIOR_MIN_PPM);
  return waterFill(counted, floors, PPM).map(Number);
}

/**
 * The parameters of one round: the prior given, lifted to 5 % where it is lower, and as much liquidity as the
 * budget covers, deposits scaled with it. Undefined when that is below the smallest liquidity.
 */
export function forRound(p: Params, terms: RoundTerms): Params | undefined {
  const priorPpm = terms.priorPpm ? priorFromFrequencies(terms.priorPpm.map(BigInt)) : p.priorPpm;
  const surprise = worstSurprise({ ...p, priorPpm });
  const liquidity = smaller(p.liquidity, floorDiv(terms.budget * WAD, surprise));
  if (liquidity < terms.liquidityMin || liquidity < LIQUIDITY_MIN) return undefined;
  const depositMin = mulDiv(p.depositMin, liquidity, p.liquidity, "up");
  const scaledMax = mulDiv(p.depositMax, liquidity, p.liquidity, "down");
  return { ...p, priorPpm, liquidity, depositMin, depositMax: larger(depositMin, scaledMax) };
}
