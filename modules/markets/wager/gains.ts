import { floorDiv } from "#chain/math/mul-div.ts";
import { PPM } from "../param-rules.ts";

/** A deposit and the score that it was staked on. */
export interface Stake {
  /** Base units. */
  readonly deposit: bigint;
  /** 0…10⁶. */
  readonly score: number;
}

/**
 * What each stake wins: ⌊d·(s·T − M) / (10⁶·T)⌋ with T = Σ d and M = Σ d·s over all stakes, the house's
 * among them: payout = d·(1 + s − mean score), rounded down (Lambert, Langford, Wortman Vaughan, Chen,
 * Reeves, Shoham, Pennock, "Self-financed wagering mechanisms for forecasting", 2008).
 *
 * With 0 ≤ s ≤ 10⁶ a stake loses at most itself. What rounding leaves is the house's: fewer base units than
 * there are stakes. Two stakes on one score never win more than one of both sizes.
 */
export function gains(house: Stake, stakes: readonly Stake[]): bigint[] {
  let total = house.deposit;
  let scored = house.deposit * BigInt(house.score);
  for (const { deposit, score } of stakes) {
    total += deposit;
    scored += deposit * BigInt(score);
  }
  return stakes.map(({ deposit, score }) =>
    floorDiv(deposit * (BigInt(score) * total - scored), PPM * total),
  );
}
