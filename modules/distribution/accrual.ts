import { mulDiv } from "#chain/math/mul-div.ts";

// Rewards per share, as in "Scalable Reward Distribution on the Ethereum Blockchain" (B. Batog, L. Boca,
// N. Johnson, 2018). A slash changes what a share is worth and nobody's part of the shares, so it needs no
// settlement: this is what F1 (D. Ojha, C. Goes, "F1 Fee Distribution", 2019) comes to when it counts shares.

/** Units of 10⁻¹⁸ in one base unit. */
export const ATTO: bigint = 10n ** 18n;
/** Parts of such a unit, in which rewards are shared out. */
export const PARTS: bigint = 10n ** 18n;

/** What a validator and its delegators have of one denom. */
export interface Purse {
  /** Not withdrawn by anybody, in 10⁻¹⁸ base units. */
  readonly outstanding: bigint;
  /** The operator's part of it. */
  readonly commission: bigint;
  /** Earned since the validator began, in parts for each 10⁻¹⁸ of a share. */
  readonly perShare: bigint;
  /** Parts that are not shared out: fewer than there are such shares, or what came back since. */
  readonly rest: bigint;
}

export const EMPTY: Purse = { outstanding: 0n, commission: 0n, perShare: 0n, rest: 0n };

/**
 * The purse after a reward of 10⁻¹⁸ base units to a validator with so many shares, above zero: the commission
 * at its rate (10⁻¹⁸), rounded down, and the rest to the shares. Nothing is lost to rounding.
 */
export function earn(purse: Purse, reward: bigint, rate: bigint, shares: bigint): Purse {
  const commission = mulDiv(reward, rate, ATTO, "down");
  const due = (reward - commission) * PARTS + purse.rest;
  const each = mulDiv(due, 1n, shares, "down");
  return {
    outstanding: purse.outstanding + reward,
    commission: purse.commission + commission,
    perShare: purse.perShare + each,
    rest: due - each * shares,
  };
}

/** What shares have earned since `perShare` stood at a mark, in 10⁻¹⁸ base units rounded down. */
export const earned = ({ perShare }: Purse, mark: bigint, shares: bigint): bigint =>
  mulDiv(perShare - mark, shares, PARTS, "down");

/** The purse after the owner of shares took what they have earned since a mark; the fraction goes to all. */
export function taken(purse: Purse, mark: bigint, shares: bigint): Purse {
  const parts = (purse.perShare - mark) * shares;
  const whole = earned(purse, mark, shares);
  return {
    ...purse,
    outstanding: purse.outstanding - whole,
    rest: purse.rest + parts - whole * PARTS,
  };
}

/** Base units and the 10⁻¹⁸ of one that are left over. */
export function split(units: bigint): { readonly whole: bigint; readonly dust: bigint } {
  const whole = mulDiv(units, 1n, ATTO, "down");
  return { whole, dust: units - whole * ATTO };
}
