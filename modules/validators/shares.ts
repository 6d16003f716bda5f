import { smaller } from "#chain/math/bounds.ts";
import { mulDiv } from "#chain/math/mul-div.ts";

// Shares are counted in units of 10⁻¹⁸. Every rounding leaves the rest to those who stay.

/** Shares of one base unit before any slash. */
export const SHARE = 10n ** 18n;

/** A validator's stake and all shares in it. */
export interface Stake {
  readonly tokens: bigint;
  readonly shares: bigint;
}

/** Shares that so many base units buy; undefined where there are shares and they are worth nothing. */
export function sharesFor({ tokens, shares }: Stake, amount: bigint): bigint | undefined {
  if (shares === 0n) return amount * SHARE;
  return tokens === 0n ? undefined : mulDiv(amount, shares, tokens, "down");
}

/** Base units that shares are worth. */
export const tokensFor = ({ tokens, shares }: Stake, part: bigint): bigint =>
  shares === 0n ? 0n : mulDiv(part, tokens, shares, "down");

/**
 * Shares that must go for so many base units to come out, at most those held; undefined where even all of
 * those are worth less.
 */
export function sharesToPay({ tokens, shares }: Stake, amount: bigint, held: bigint): bigint | undefined {
  if (tokens === 0n || mulDiv(amount, shares, tokens, "down") > held) return undefined;
  return smaller(mulDiv(amount, shares, tokens, "up"), held);
}
