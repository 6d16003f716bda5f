import { assert, ensure } from "#chain/kernel/error.ts";
import { larger, smaller } from "#chain/math/bounds.ts";
import { WAD } from "#chain/math/fixed.ts";
import { lmsrCost, lmsrPrices, quantityAtPrice } from "#chain/math/lmsr.ts";
import { mulDiv } from "#chain/math/mul-div.ts";
import type { Holding, Quote, Trade } from "../kind.ts";
import { kindErrors } from "../kind-errors.ts";
import { feeOn, PPM } from "../param-rules.ts";
import { noShares } from "./params.ts";
import type { State } from "./state.ts";

/** Beyond ±40 b a price is 1 or 0 in 17 decimals, and further shares are a gift or a donation. */
const RANGE_B = 40n;

/** Prices of all outcomes in millionths, each rounded down. */
export const pricesPpm = (shares: readonly bigint[], liquidity: bigint): number[] =>
  lmsrPrices(shares, liquidity).map((price) => Number(mulDiv(price, PPM, WAD, "down")));

/** The shares that trade before the price passes the limit. */
function filled(s: State, { outcome, shares, isSale, limitPpm }: Trade): bigint {
  ensure(outcome < s.params.classes, kindErrors.OutcomeUnknown, { outcome });
  ensure(shares > 0n, kindErrors.TradeTooSmall, { shares });
  if (limitPpm === 0) return shares;
  ensure(limitPpm < Number(PPM), kindErrors.LimitReached, { limitPpm });
  const held = s.shares[outcome] as bigint;
  const end = quantityAtPrice(s.shares, s.params.liquidity, outcome, limitPpm, isSale ? "up" : "down");
  const room = isSale ? held - end : end - held;
  ensure(room > 0n, kindErrors.LimitReached, { limitPpm });
  return smaller(shares, room);
}

interface Move {
  readonly quote: Quote;
  readonly after: readonly bigint[];
}

function moved(s: State, holding: Holding | undefined, trade: Trade): Move {
  assert(s.phase === "open", "a trade after the close");
  const { outcome, isSale } = trade;
  const { liquidity, feePpm } = s.params;
  const shares = filled(s, trade);
  if (isSale) {
    const held = holding?.shares[outcome] ?? 0n;
    ensure(shares <= held, kindErrors.SharesMissing, { held, shares });
  }
  const change = isSale ? -shares : shares;
  const after = s.shares.with(outcome, (s.shares[outcome] as bigint) + change);
  ensure((after[outcome] as bigint) <= RANGE_B * liquidity, kindErrors.OutOfRange, { outcome });
  const difference = lmsrCost(after, liquidity) - lmsrCost(s.shares, liquidity);
  const cost = isSale ? -difference : difference;
  ensure(cost >= 1n, kindErrors.TradeTooSmall, { shares });
  return { after, quote: { shares, cost, fee: feeOn(feePpm, cost), pricesPpm: pricesPpm(after, liquidity) } };
}

/** What a trade would come to; refuses one that is not allowed. */
export const quote = (s: State, holding: Holding | undefined, trade: Trade): Quote =>
  moved(s, holding, trade).quote;

/**
 * Trades. A purchase costs Ĉ(q') − Ĉ(q) and the fee on it, first out of the holder's credit, then out of its
 * purse; a sale brings Ĉ(q) − Ĉ(q') less the fee, as credit. So nothing leaves the vault before the market is
 * settled, and a void market can give back to everybody exactly what it paid in.
 */
export function trade(
  s: State,
  holding: Holding | undefined,
  wanted: Trade,
): { readonly state: State; readonly holding: Holding; readonly quote: Quote; readonly paid: bigint } {
  const { quote: made, after } = moved(s, holding, wanted);
  const isNew = holding === undefined;
  ensure(!isNew || s.holders < s.params.holdersMax, kindErrors.HoldersFull, { holders: s.holders });
  const before = holding ?? { shares: noShares(s.params), credit: 0n, paidIn: 0n, fees: 0n };
  const { outcome, isSale } = wanted;
  const change = isSale ? -made.shares : made.shares;
  const due = made.fee + (isSale ? -made.cost : made.cost);
  const credit = larger(0n, before.credit - due);
  const paid = larger(0n, due - before.credit);
  return {
    quote: made,
    paid,
    holding: {
      shares: before.shares.with(outcome, (before.shares[outcome] as bigint) + change),
      credit,
      paidIn: before.paidIn + paid,
      fees: before.fees + made.fee,
    },
    state: {
      ...s,
      shares: after,
      credits: s.credits + credit - before.credit,
      fees: s.fees + made.fee,
      paidIn: s.paidIn + paid,
      holders: s.holders + (isNew ? 1 : 0),
    },
  };
}
