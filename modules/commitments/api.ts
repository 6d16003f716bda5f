import { toHex } from "#chain/bytes/hex.ts";
import type { ReadCtx } from "#chain/kernel/ctx.ts";
import { ensure } from "#chain/kernel/error.ts";
import type { FeaturizerSpec } from "#chain/protocol/featurizers/spec.ts";
import type { RoundKey } from "#modules/rounds/api.ts";
import type { DataRule, Model } from "#proto/gen/iterum/commitments.ts";
import { errors } from "./errors.ts";
import { featurizerOf } from "./featurizer.ts";
import { itemList, setsOf, sheetsOf } from "./reads.ts";
import { models, rules } from "./state.ts";

export { committeePay, type Earned } from "./committee-pay.ts";
export { itemList, setsOf, sheetsOf } from "./reads.ts";

/** What the game takes as data; fails with (commitments, 13). */
export function dataRule(ctx: ReadCtx, gameId: string): DataRule {
  const found = rules.get(ctx, gameId);
  ensure(found, errors.NoRule, { gameId });
  return found;
}

export const featurizer = (ctx: ReadCtx, gameId: string): FeaturizerSpec =>
  featurizerOf(dataRule(ctx, gameId).featurizer);

/** The registered model; undefined for any other bytes. */
export const findModel = (ctx: ReadCtx, modelId: Uint8Array): Model | undefined =>
  modelId.length === 32 ? models.get(ctx, modelId) : undefined;

/** The author's label of every listed item in canonical order; undefined where it was withheld. */
export function authorLabels(ctx: ReadCtx, key: RoundKey): (number | undefined)[] {
  const opened = new Map<string, number>();
  for (const { member, items, labels } of setsOf(ctx, key))
    for (const [place, { index }] of items.entries()) {
      const label = labels[place] ?? 0;
      if (label > 0) opened.set(`${member}/${index}`, label - 1);
    }
  return itemList(ctx, key).items.map(({ member, index }) => opened.get(`${member}/${index}`));
}

/**
 * For every listed item one entry a seat of the game's panel, in address order; undefined where the
 * cross-labeller did not open. No entries in a game without a panel.
 */
export function panelLabels(ctx: ReadCtx, key: RoundKey): (number | undefined)[][] {
  const found = itemList(ctx, key).items.map((): (number | undefined)[] => []);
  for (const { places, labels } of sheetsOf(ctx, key))
    for (const [i, place] of places.entries()) {
      const label = labels[i] ?? 0;
      found[place]?.push(label > 0 ? label - 1 : undefined);
    }
  return found;
}

/** For every listed item a name that copies of one content share. */
export const contentNames = (ctx: ReadCtx, key: RoundKey): string[] =>
  itemList(ctx, key).items.map(({ contentHash }) => toHex(contentHash));
