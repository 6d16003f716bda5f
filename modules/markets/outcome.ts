import type { WriteCtx } from "#chain/kernel/ctx.ts";
import * as rounds from "#modules/rounds/api.ts";
import { Outcome, type Result, type Scoring } from "#proto/gen/iterum/markets.ts";
import type { Book } from "./book.ts";
import type { Distribution } from "./kind.ts";
import type { AnyShareKind } from "./kinds.ts";
import { ordersOf } from "./reads.ts";
import { classShares, type Revealed } from "./revealed.ts";
import { histories, outcomes } from "./state.ts";

/** Settled rounds whose class frequencies make the next prior. */
const HISTORY_ROUNDS = 8;

/** What is known once a round is paid out. */
interface Settlement<B extends Book> {
  readonly book: B;
  readonly revealed: Revealed;
  readonly distribution: Distribution;
  readonly committeePaid: bigint;
}

function remember(ctx: WriteCtx, gameId: string, shares: readonly number[]): void {
  if (shares.length === 0) return;
  const before = histories.get(ctx, gameId)?.classPpm ?? [];
  const classPpm = [...before, ...shares].slice(-HISTORY_ROUNDS * shares.length);
  histories.set(ctx, gameId, { gameId, classPpm });
}

/** Writes an outcome down: what all kinds have in common, and the parts given. */
function record(ctx: WriteCtx, key: rounds.RoundKey, from: Settlement<Book>, parts: Partial<Outcome>): void {
  const { book, revealed, distribution, committeePaid } = from;
  const { gameId, roundId } = key;
  const { labels } = revealed.set;
  const classPpm = classShares(revealed, rounds.game(ctx, gameId).classes);
  outcomes.set(ctx, [gameId, roundId], {
    ...Outcome.zero(),
    gameId,
    roundId,
    subsidy: book.market.subsidy,
    returned: distribution.residual,
    committeePaid,
    forfeited: distribution.forfeits,
    items: labels.length,
    itemsCounted: labels.filter((label) => label !== undefined).length,
    classPpm,
    priorPpm: book.market.priorPpm,
    ...parts,
  });
  remember(ctx, gameId, classPpm);
}

/** Writes down every number behind a round of orders; returns the sum of payouts, deposits included. */
export function recordOrders(
  ctx: WriteCtx,
  key: rounds.RoundKey,
  settlement: Settlement<Book> & { readonly scoring: Scoring },
): bigint {
  const { scoring, distribution } = settlement;
  const gains = new Map(distribution.payouts.map(({ operator, gain }) => [operator, gain]));
  const results = scoring.results.map((result): Result => {
    const gain = gains.get(result.operator) ?? 0n;
    return { ...result, payout: result.deposit + gain };
  });
  const payouts = results.reduce((sum, { payout }) => sum + payout, 0n);
  const deposits = results.reduce((sum, { deposit }) => sum + deposit, 0n);
  record(ctx, key, settlement, { results, payouts, deposits, priorScorePpm: scoring.priorScorePpm });
  return payouts;
}

/** Writes down what a round of shares came to; returns the sum of payouts, what was paid in included. */
export function recordShares(
  ctx: WriteCtx,
  key: rounds.RoundKey,
  settlement: Settlement<Book<AnyShareKind>> & { readonly outcomesPpm: readonly number[] },
): bigint {
  let [payouts, deposits, holders] = [0n, 0n, 0];
  for (const { payout, deposit } of ordersOf(ctx, key)) {
    payouts += payout;
    deposits += deposit;
    holders++;
  }
  record(ctx, key, settlement, { payouts, deposits, holders, outcomesPpm: settlement.outcomesPpm });
  return payouts;
}
