import type { RewardRule } from "#proto/gen/iterum/rewards.ts";
import { builtinScore } from "./builtins.ts";
import { type CountedItem, itemCounter, scorer } from "./ir/program.ts";
import { type ItemRecord, labelByRule } from "./label-rules.ts";
import { type Metrics, metrics } from "./metrics.ts";
import { talliesOf } from "./tallies.ts";

/** A rule's function: a built-in under an agreement rule, or a program. */
export type RewardFunction = Pick<RewardRule, "builtin" | "agree" | "program" | "scalar">;

/** How a function counts an item; undefined when it does not. */
export function itemsCounted(of: RewardFunction): (record: ItemRecord) => CountedItem | undefined {
  if (of.program) return itemCounter(of.program, of.scalar);
  return (record) => {
    const label = labelByRule(of.agree, record);
    return label === undefined ? undefined : { label, weight: 1n };
  };
}

/** What a model's predictions on a round's items came to. */
export interface Scored {
  /** 0…10⁶ by the game's reward function. */
  readonly scorePpm: number;
  /** Over the counted items with their shares of the round's weight alone. */
  readonly metrics: Metrics;
}

/**
 * How a function scores predictions (65535ths, classes 1…K−1) on a round's items. An item weighs its share of
 * the round's weight times what the function gives it.
 */
export function modelsScored(
  { program, builtin, scalar }: RewardFunction,
  classes: number,
  counted: readonly (CountedItem | undefined)[],
  shares: readonly bigint[],
): (predictions: ArrayLike<number>) => Scored {
  const labels = counted.map((item) => item?.label);
  const itemWeights = counted.flatMap((item) => (item ? [item.weight] : []));
  const byProgram = program && scorer(program);
  return (predictions) => {
    const plain = talliesOf(labels, predictions, shares, { classes, scalar });
    const items = plain.map((tally, i) => ({ ...tally, weight: tally.weight * (itemWeights[i] ?? 0n) }));
    const score = byProgram ? byProgram({ classes, items }) : builtinScore(builtin, items);
    return { scorePpm: Number(score), metrics: metrics(plain) };
  };
}
