import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { smaller } from "#chain/math/bounds.ts";
import { decodePredictions, priorPredictions } from "#chain/protocol/predictions.ts";
import * as rewards from "#modules/rewards/api.ts";
import type * as rounds from "#modules/rounds/api.ts";
import { type Market, type Order, type Result, Scoring } from "#proto/gen/iterum/markets.ts";
import type { Revealed } from "./revealed.ts";

/** Item-moves that scoring one order on one item counts for: about what the dearest program takes. */
export const SCORE_MOVES = 4n;

/** What scores are computed from. */
export interface Scored {
  readonly market: Market;
  readonly revealed: Revealed;
  /** Live orders in address order. */
  readonly orders: readonly Order[];
}

type ScoreModel = ReturnType<typeof rewards.scoreModels>;

function scoreNext(scoreModel: ScoreModel, from: Scored, before: Scoring): Scoring {
  const { market, revealed, orders } = from;
  const scored = before.scored + 1;
  if (before.scored === 0) {
    const values = priorPredictions(market.priorPpm, revealed.set.weights.length);
    return { ...before, scored, priorScorePpm: scoreModel(values).scorePpm };
  }
  const { operator, modelId, deposit, predictions } = orders[before.scored - 1] as Order;
  const { scorePpm, metrics } = scoreModel(decodePredictions(predictions));
  const result: Result = { operator, modelId, deposit, payout: 0n, ...metrics, scorePpm };
  return { ...before, scored, results: [...before.results, result] };
}

/**
 * Scores the prior and then the live orders, one after the other, as far as the budget goes; a score that it
 * does not reach is saved up for. What is left of the budget is for the market's own moves.
 */
export function score(
  ctx: ReadCtx,
  key: rounds.RoundKey,
  from: Scored,
  budget: bigint,
): { readonly scoring: Scoring; readonly done: boolean; readonly left: bigint } {
  const { set, counted } = from.revealed;
  const scoreModel = rewards.scoreModels(ctx, key, counted, set.weights);
  const cost = SCORE_MOVES * BigInt(set.weights.length);
  const due = from.orders.length + 1;
  let scoring = from.market.scoring ?? Scoring.zero();
  let moves = scoring.moves + budget;
  for (; scoring.scored < due && moves >= cost; moves -= cost) scoring = scoreNext(scoreModel, from, scoring);
  const done = scoring.scored === due;
  return {
    scoring: { ...scoring, moves: done ? 0n : moves },
    done,
    left: done ? smaller(moves, budget) : 0n,
  };
}
