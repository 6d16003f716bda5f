import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import * as rounds from "#modules/rounds/api.ts";
import type { RewardRule } from "#proto/gen/iterum/rewards.ts";
import { builtinScore } from "./builtins.ts";
import { errors } from "./errors.ts";
import { type CountedItem, runItem, runScore } from "./ir/program.ts";
import { labelByRule } from "./label-rules.ts";
import { type Metrics, metrics } from "./metrics.ts";
import { rules } from "./state.ts";
import { talliesOf } from "./tallies.ts";

export type { CountedItem } from "./ir/program.ts";

/** How the game counts labels and scores models; fails with (rewards, 2). */
export function rewardRule(ctx: ReadCtx, gameId: string): RewardRule {
  const found = rules.get(ctx, gameId);
  ensure(found, errors.NoRule, { gameId });
  return found;
}

/** How an item counts, from the labels that were opened; undefined when it does not. */
export function countedItem(
  ctx: ReadCtx,
  gameId: string,
  labels: { readonly author: number | undefined; readonly panel: readonly (number | undefined)[] },
): CountedItem | undefined {
  const { program, agree } = rewardRule(ctx, gameId);
  const { classes } = rounds.game(ctx, gameId);
  const record = { authorLabel: labels.author, panelLabels: labels.panel, classes };
  if (program) return runItem(program, record);
  const label = labelByRule(agree, record);
  return label === undefined ? undefined : { label, weight: 1n };
}

/** What a model's predictions on a round's items came to. */
export interface Scored {
  /** 0…10⁶ by the game's reward function. */
  readonly scorePpm: number;
  readonly metrics: Metrics;
}

/** Scores predictions (65535ths, classes 1…K−1) against the labels that count. */
export function scored(
  ctx: ReadCtx,
  gameId: string,
  counted: readonly (CountedItem | undefined)[],
  predictions: ArrayLike<number>,
  shares: readonly bigint[],
): Scored {
  const { program, builtin } = rewardRule(ctx, gameId);
  const { classes } = rounds.game(ctx, gameId);
  const labels = counted.map((item) => item?.label);
  const weights = shares.map((share, i) => share * (counted[i]?.weight ?? 0n));
  const items = talliesOf(labels, predictions, weights, classes);
  const score = program ? runScore(program, { classes, items }) : builtinScore(builtin, items);
  return { scorePpm: Number(score), metrics: metrics(labels, predictions, shares, classes) };
}
