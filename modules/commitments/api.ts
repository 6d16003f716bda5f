import { toHex } from "#chain/bytes/hex.ts";
import type { ReadCtx } from "#chain/kernel/ctx.ts";
import type { RoundKey } from "#modules/rounds/api.ts";
import type { Model } from "#proto/gen/iterum/commitments.ts";
import { itemList, setsOf, sheetsOf } from "./reads.ts";
import { models } from "./state.ts";

export { committeePay } from "./committee-pay.ts";
export { itemList, setsOf, sheetsOf } from "./reads.ts";
export { dataRule, featurizer, setDataRule } from "./rule.ts";

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
