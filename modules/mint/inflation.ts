import { clamp } from "#chain/math/bounds.ts";
import { floorDiv, mulDiv } from "#chain/math/mul-div.ts";
import type { Params } from "#proto/gen/cosmos/mint.ts";

/** One as a share or a yearly rate: these are in units of 10⁻¹⁸. */
export const ONE: bigint = 10n ** 18n;

/** The share of the supply that is staked. */
export const bondedShare = (bonded: bigint, supply: bigint): bigint =>
  supply === 0n ? 0n : mulDiv(bonded, ONE, supply, "down");

/**
 * The rate one block later: it rises while less than the goal is staked, the more the less there is, and
 * falls while more is, within its bounds (Cosmos SDK's rule).
 */
export function nextInflation(inflation: bigint, bonded: bigint, params: Params): bigint {
  const { inflationRateChange, goalBonded, blocksPerYear, inflationMin, inflationMax } = params;
  const changeOfYear = floorDiv((goalBonded - bonded) * inflationRateChange, goalBonded);
  return clamp(inflation + floorDiv(changeOfYear, blocksPerYear), inflationMin, inflationMax);
}

/** What is minted in a block. */
export interface Provision {
  /** Base units. */
  readonly amount: bigint;
  /** What is due beyond them, in parts of a base unit of which 10¹⁸ times the blocks of a year make it. */
  readonly carried: bigint;
}

/** A block's part of what a year mints: over the blocks it sums exactly, as what is left over is carried. */
export function provision(
  supply: bigint,
  inflation: bigint,
  blocksPerYear: bigint,
  carried: bigint,
): Provision {
  const due = supply * inflation + carried;
  const parts = ONE * blocksPerYear;
  const amount = floorDiv(due, parts);
  return { amount, carried: due - amount * parts };
}
