import { smaller } from "#chain/math/bounds.ts";
import { lnUp, WAD } from "#chain/math/fixed.ts";
import { lmsrCost } from "#chain/math/lmsr.ts";
import { floorDiv, splitExact } from "#chain/math/mul-div.ts";
import type { Needs, RoundTerms } from "../kind.ts";
import { checkCommon, demand, isWhole, PPM, SIZE_MIN } from "../param-rules.ts";

/** Parameters of an `lmsr/1` market. Amounts are base units. */
export interface Params {
  /** K, 2…16. */
  readonly classes: number;
  /** b, 10⁶…10¹⁵ base units. */
  readonly liquidity: bigint;
  /** Fee on what a trade costs or brings in millionths, at most 5 %. */
  readonly feePpm: number;
  /** Accounts that can hold shares of one round, 1…10,000: each is paid by the crank. */
  readonly holdersMax: number;
}

const HOLDERS_MAX = 10_000;

/** Throws ParamsRefused unless every parameter is within the bounds of the protocol. */
export function checkParams(p: Params): void {
  checkCommon(p.classes, p.liquidity, p.feePpm);
  demand(isWhole(p.holdersMax, 1, HOLDERS_MAX), "1 ≤ holdersMax ≤ 10,000");
}

/** The market starts at equal prices. */
export const uniform = ({ classes }: Params): number[] =>
  splitExact(
    PPM,
    Array.from({ length: classes }, () => 1n),
  ).map(Number);

/** No shares of any outcome. */
export const noShares = ({ classes }: Params): bigint[] => Array.from({ length: classes }, () => 0n);

/** Whoever trades can win no more than what others paid and the subsidy, which is of the size of b. */
export const needs = (p: Params): Needs => ({
  classes: p.classes,
  ordersMax: 0,
  movesPerItem: 0,
  holdersMax: p.holdersMax,
  stakeMax: p.liquidity,
  clipPpm: 0,
  sealed: false,
});

/** S = Ĉ(0) = ⌈b·lnUp K⌉, with which the vault begins. */
export const subsidy = (p: Params): bigint => lmsrCost(noShares(p), p.liquidity);

/** The parameters of one round: as much liquidity as the budget covers. */
export function forRound(p: Params, { budget, liquidityMin }: RoundTerms): Params | undefined {
  const covered = floorDiv(budget * WAD, lnUp(BigInt(p.classes) * WAD));
  const liquidity = smaller(p.liquidity, covered);
  return liquidity < liquidityMin || liquidity < SIZE_MIN ? undefined : { ...p, liquidity };
}
