import { utf8 } from "#chain/bytes/utf8.ts";
import { featurize } from "#chain/protocol/featurizers/featurize.ts";
import type { FeaturizerSpec } from "#chain/protocol/featurizers/spec.ts";
import type { ItemSource, TrainingSet } from "#client/ports.ts";
import type { LabelledRow } from "#trainer/data/labelled.ts";

/** Rows as a model learns from them: tensors of the game's featurizer with their classes. */
export const trainingSetOf = (spec: FeaturizerSpec, rows: readonly LabelledRow[]): TrainingSet => ({
  inputs: rows.map(({ text }) => featurize(spec, utf8(text))),
  labels: rows.map(({ label }) => label),
});

/**
 * A member's rows as its items, `perRound` of them in each round, none twice: round n gives the n-th part, so
 * a member that starts again goes on where it was. Others' items are labelled by `labelOf`.
 */
export const rowsSource = (
  rows: readonly LabelledRow[],
  perRound: number,
  labelOf?: ItemSource["labelOf"],
): ItemSource => ({
  ...(labelOf && { labelOf }),
  itemsFor: async (roundId, most) => {
    const from = Number(roundId - 1n) * perRound;
    const part = rows.slice(from, from + Math.min(perRound, most));
    return part.map(({ label, text }) => ({ label, content: utf8(text) }));
  },
});
