import type { ReadCtx, WriteCtx } from "#chain/kernel/ctx.ts";
import { assert } from "#chain/kernel/error.ts";
import * as rounds from "#modules/rounds/api.ts";
import type { RewardRule } from "#proto/gen/iterum/rewards.ts";
import type { CountedItem } from "./ir/program.ts";
import { itemsCounted } from "./scoring.ts";
import { counts } from "./state.ts";

/** The labels of one item that were opened. */
export interface OpenedLabels {
  readonly author: number | undefined;
  /** One entry a seat of the item's panel. */
  readonly panel: readonly (number | undefined)[];
}

/**
 * Decides by a rule how each item of a round counts and keeps it until the round ends, so that no block of
 * its settlement does so again. An item that is undefined counts for nothing.
 */
export function keepCounts(
  ctx: WriteCtx,
  { gameId, roundId }: rounds.RoundKey,
  rule: RewardRule,
  items: readonly (OpenedLabels | undefined)[],
): void {
  const count = itemsCounted(rule);
  const { classes } = rounds.game(ctx, gameId);
  const found = items.map(
    (item) => item && count({ authorLabel: item.author, panelLabels: item.panel, classes }),
  );
  counts.set(ctx, [gameId, roundId], {
    labels: found.map((item) => (item ? item.label + 1 : 0)),
    weights: found.map((item) => (item ? Number(item.weight) : 0)),
  });
}

/** How each item of a round counts, once that is decided and until the round ends. */
export function countedItems(
  ctx: ReadCtx,
  { gameId, roundId }: rounds.RoundKey,
): (CountedItem | undefined)[] {
  const found = counts.get(ctx, [gameId, roundId]);
  assert(found, "items that are not counted");
  return found.labels.map((label, i) =>
    label > 0 ? { label: label - 1, weight: BigInt(found.weights[i] as number) } : undefined,
  );
}

/** Forgets how the items of a round counted. */
export const forgetCounts = (ctx: WriteCtx, { gameId, roundId }: rounds.RoundKey): void =>
  counts.delete(ctx, [gameId, roundId]);
