import { sha256 } from "#chain/bytes/hash.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { predictionMin } from "#chain/math/transform.ts";
import type { Label } from "#modules/markets/kind.ts";
import { modelLmsr } from "#modules/markets/model-lmsr/kind.ts";
import { forRound, type Params, subsidy } from "#modules/markets/model-lmsr/params.ts";
import { emptyBook } from "#modules/markets/order-book.ts";

const TOKEN = 1e6;
/** All moves of a round at once: how a crank is cut changes nothing. */
const ALL_MOVES = 1 << 30;
/** Attributions are 10⁻²⁴·W-ths of the liquidity. */
const ATTRIBUTION_ONE = 1e24;
const ITEM_WEIGHT = 1_000_000n;
/** More than anybody stakes. */
const BOUND_MAX = 10n ** 18n;

/** One order: tokens at stake, and the probability of class 1 that its model gives each item. */
export interface Bet {
  readonly deposit: number;
  readonly predictions: ArrayLike<number>;
}

/** What the orders came to, in tokens, without fees. */
export interface Played {
  readonly gains: readonly number[];
  /** The same by item. */
  readonly byItem: readonly Float64Array[];
}

/** A probability as the chain takes it: 65535ths, clipped. */
function posted(params: Params, probability: number): number {
  const least = predictionMin(params.clipPpm, params.classes);
  return Math.min(65_535 - least, Math.max(least, Math.floor(65_535 * probability + 0.5)));
}

/** The terms of a round whose class 1 had this frequency before. */
export function termsOf(params: Params, frequency: number): Params {
  const share = Math.round(frequency * 1e6);
  const terms = { budget: 1n << 100n, liquidityMin: 1n, priorPpm: [1_000_000 - share, share] };
  const found = forRound(params, terms);
  if (!found) throw new Error("a budget that pays for nothing");
  return found;
}

const hashOf = (text: string): Uint8Array => sha256(utf8(text));

/**
 * Trades and settles one round of `model-lmsr/1`, by the kind's own steps. Items count for themselves, each
 * with the same weight; one without a label counts for nothing while W stays. Where deposits are not bounded
 * the book is opened without a check of its parameters, to see what would be.
 */
export function play(
  params: Params,
  bets: readonly Bet[],
  labels: readonly (Label | undefined)[],
  seed: Uint8Array,
  { isBounded }: { readonly isBounded: boolean } = { isBounded: true },
): Played {
  const names = bets.map((_, i) => `operator${i}`);
  const rules = isBounded ? params : { ...params, depositMax: BOUND_MAX };
  let state = isBounded ? modelLmsr.open(rules) : { ...emptyBook(rules, subsidy(rules)), crank: undefined };
  const orders = bets.map(({ deposit }, i) => {
    const operator = names[i] as string;
    const amount = BigInt(Math.round(deposit * TOKEN));
    return { operator, orderHash: hashOf(operator), modelHash: hashOf(operator), deposit: amount };
  });
  for (const { operator, orderHash, deposit } of orders)
    state = modelLmsr.apply(state, { operator, orderHash, bound: deposit }).state;
  const isIn = ({ operator }: { readonly operator: string }): boolean =>
    state.positions.some((position) => position.operator === operator);
  state = modelLmsr.close(state, orders.filter(isIn), seed);
  const found = new Map(
    bets.map(({ predictions }, i) => {
      const values = Uint16Array.from({ length: labels.length }, (_, item) =>
        posted(params, predictions[item] as number),
      );
      return [names[i] as string, { predictions: values, scorePpm: 0 }];
    }),
  );
  const set = {
    weights: labels.map(() => ITEM_WEIGHT),
    totalWeight: ITEM_WEIGHT * BigInt(labels.length),
    labels,
    members: labels.map((_, item) => item),
    priorScorePpm: 0,
  };
  const evaluationOf = (operator: string) => found.get(operator) as { predictions: Uint16Array; scorePpm: 0 };
  const step = modelLmsr.step(state, set, evaluationOf, ALL_MOVES);
  return amountsOf(params, names, labels.length, step);
}

function amountsOf(
  params: Params,
  names: readonly string[],
  items: number,
  { state, attributions }: ReturnType<typeof modelLmsr.step>,
): Played {
  const { distribution } = modelLmsr.payouts(state);
  const gains = names.map(() => 0);
  const byItem = names.map(() => new Float64Array(items));
  const numbers = new Map(names.map((name, i) => [name, i]));
  for (const { operator, gain } of distribution.payouts)
    gains[numbers.get(operator) as number] = Number(gain) / TOKEN;
  const unit = Number(params.liquidity) / TOKEN / ATTRIBUTION_ONE / (Number(ITEM_WEIGHT) * items);
  for (const { operator, member, gain } of attributions)
    (byItem[numbers.get(operator) as number] as Float64Array)[member] = Number(gain) * unit;
  return { gains, byItem };
}
