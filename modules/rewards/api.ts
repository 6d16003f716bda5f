import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { assert } from "#chain/kernel/error.ts";
import { textKey } from "#chain/kernel/keys.ts";
import * as rounds from "#modules/rounds/api.ts";
import type { RewardRule } from "#proto/gen/iterum/rewards.ts";
import { keepCounts, type OpenedLabels } from "./counts.ts";
import { errors } from "./errors.ts";
import type { CountedItem } from "./ir/program.ts";
import { checkFits } from "./rule.ts";
import { modelsScored, type Scored } from "./scoring.ts";
import { programs, rules } from "./state.ts";

export { countedItems, type OpenedLabels } from "./counts.ts";
export { functionChanged } from "./hooks.ts";
export type { CountedItem } from "./ir/program.ts";
export { addRule as setReward } from "./rule.ts";
export type { Scored } from "./scoring.ts";

/**
 * How the round counts labels and scores models, with its program: the game's rule of the latest round that
 * is not after it; fails with (rewards, 2).
 */
export function rewardRule(ctx: ReadCtx, { gameId, roundId }: rounds.RoundKey): RewardRule {
  for (const [[, from], rule] of rules.under(ctx, textKey, gameId)) {
    if (from > roundId) continue;
    if (rule.programHash.length === 0) return rule;
    const program = programs.get(ctx, rule.programHash);
    assert(program, "a rule without its program");
    return { ...rule, program };
  }
  throw errors.NoRule({ gameId: gameId.slice(0, 40) });
}

/** Fails with (rewards, 3) unless the round's rule fits its election. */
export const checkReward = (ctx: ReadCtx, key: rounds.RoundKey): void =>
  checkFits(ctx, key, rewardRule(ctx, key));

/** The rounds from which the game counts by another rule. */
export const ruleStarts = (ctx: ReadCtx, gameId: string): bigint[] =>
  [...rules.under(ctx, textKey, gameId)].map(([[, from]]) => from);

/** Whether what counts in the round is the share of class 1 in millionths instead of a class. */
export const isScalar = (ctx: ReadCtx, key: rounds.RoundKey): boolean => rewardRule(ctx, key).scalar;

/**
 * As SETTLE begins: decides how each item of the round counts, from the labels that were opened; one that is
 * undefined counts for nothing. Kept until the round ends.
 */
export const countItems = (
  ctx: WriteCtx,
  key: rounds.RoundKey,
  items: readonly (OpenedLabels | undefined)[],
): void => keepCounts(ctx, key, rewardRule(ctx, key), items);

/** Scores predictions (65535ths, classes 1…K−1) on the round's items, with their shares of its weight. */
export const scoreModels = (
  ctx: ReadCtx,
  key: rounds.RoundKey,
  counted: readonly (CountedItem | undefined)[],
  shares: readonly bigint[],
): ((predictions: ArrayLike<number>) => Scored) =>
  modelsScored(rewardRule(ctx, key), rounds.game(ctx, key.gameId).classes, counted, shares);
