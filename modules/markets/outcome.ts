import type { WriteCtx } from "#chain/kernel/ctx.ts";
import { splitExact } from "#chain/math/mul-div.ts";
import { decodePredictions } from "#chain/protocol/predictions.ts";
import * as rewards from "#modules/rewards/api.ts";
import * as rounds from "#modules/rounds/api.ts";
import type { Order, Outcome, Result } from "#proto/gen/iterum/markets.ts";
import type { Book } from "./book.ts";
import type { Distribution, RevealedSet } from "./kind.ts";
import { histories, outcomes } from "./state.ts";

/** Settled rounds whose class frequencies make the next prior. */
const HISTORY_ROUNDS = 8;
const PPM = 1_000_000n;

/** What is known once a round is paid out. */
export interface Settlement {
  readonly book: Book;
  readonly set: RevealedSet;
  readonly counted: readonly (rewards.CountedItem | undefined)[];
  readonly orders: readonly Order[];
  readonly distribution: Distribution;
  readonly committeePaid: bigint;
}

/** Share of each class among the items whose label counts, in millionths; empty where none does. */
function classShares(set: RevealedSet, classes: number): number[] {
  const counts = Array.from({ length: classes }, () => 0n);
  for (const label of set.labels) if (label !== undefined) counts[label] = (counts[label] as bigint) + 1n;
  return counts.some((count) => count > 0n) ? splitExact(PPM, counts).map(Number) : [];
}

type Score = ReturnType<typeof rewards.scoreModels>;

function resultOf(score: Score, { distribution }: Settlement, order: Order): Result {
  const { operator, modelId, deposit, predictions } = order;
  const { scorePpm, metrics } = score(decodePredictions(predictions));
  const gain = distribution.payouts.find((payout) => payout.operator === operator)?.gain ?? 0n;
  return { operator, modelId, deposit, payout: deposit + gain, ...metrics, scorePpm };
}

function remember(ctx: WriteCtx, gameId: string, shares: readonly number[]): void {
  if (shares.length === 0) return;
  const before = histories.get(ctx, gameId)?.classPpm ?? [];
  const classPpm = [...before, ...shares].slice(-HISTORY_ROUNDS * shares.length);
  histories.set(ctx, gameId, { gameId, classPpm });
}

/** Writes down every number behind the round's payouts; returns their sum, deposits included. */
export function recordOutcome(ctx: WriteCtx, key: rounds.RoundKey, settlement: Settlement): bigint {
  const { book, set, orders, distribution, committeePaid } = settlement;
  const { gameId, roundId } = key;
  const score = rewards.scoreModels(ctx, key, settlement.counted, set.weights);
  const results = orders.map((order) => resultOf(score, settlement, order));
  const payouts = results.reduce((sum, { payout }) => sum + payout, 0n);
  const shares = classShares(set, rounds.game(ctx, gameId).classes);
  const outcome: Outcome = {
    gameId,
    roundId,
    subsidy: book.market.subsidy,
    payouts,
    returned: distribution.residual,
    committeePaid,
    forfeited: distribution.forfeits,
    items: set.labels.length,
    itemsCounted: set.labels.filter((label) => label !== undefined).length,
    classPpm: shares,
    results,
    priorPpm: book.market.priorPpm,
    deposits: results.reduce((sum, { deposit }) => sum + deposit, 0n),
  };
  outcomes.set(ctx, [gameId, roundId], outcome);
  remember(ctx, gameId, shares);
  return payouts;
}
