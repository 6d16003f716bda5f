import { smaller } from "#chain/math/bounds.ts";
import type { Needs, RoundTerms } from "../kind.ts";
import type { Terms } from "../order-state.ts";
import { checkTerms, needsOf, scaledDeposits } from "../order-terms.ts";
import { priorFromFrequencies, SIZE_MIN } from "../param-rules.ts";

/**
 * Parameters of a `wager/1` market. Amounts are base units. Deposits are at least a twentieth of the house's
 * stake and at most all of it.
 */
export interface Params extends Terms {
  /** h, 10⁶…10¹⁵ base units: what the community stakes on the prior. */
  readonly houseStake: bigint;
}

/** Throws ParamsRefused unless every parameter is within the bounds of the protocol. */
export const checkParams = (p: Params): void => checkTerms(p, p.houseStake);

/** Nothing moves: an order is scored, and that is all. */
export const needs = (p: Params): Needs => needsOf(p, 0);

/**
 * h: the house has staked no more. Its payout h·(1 + s₀ − mean), with scores in [0, 1], is never negative,
 * and what rounding takes from the others is added to it.
 */
export const subsidy = ({ houseStake }: Params): bigint => houseStake;

/** The parameters of one round: the prior given, and as much of the house's stake as the budget covers. */
export function forRound(p: Params, terms: RoundTerms): Params | undefined {
  const priorPpm = terms.priorPpm ? priorFromFrequencies(terms.priorPpm.map(BigInt)) : p.priorPpm;
  const houseStake = smaller(p.houseStake, terms.budget);
  if (houseStake < terms.liquidityMin || houseStake < SIZE_MIN) return undefined;
  return { ...p, priorPpm, houseStake, ...scaledDeposits(p, p.houseStake, houseStake) };
}
