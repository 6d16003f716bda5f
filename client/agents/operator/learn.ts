import { unpackInput } from "#chain/protocol/featurizers/pack.ts";
import type { FeaturizerSpec } from "#chain/protocol/featurizers/spec.ts";
import { featurizerSpec } from "#client/commitments.ts";
import type { TrainingSet } from "#client/ports.ts";
import type { RevealedSet } from "#proto/gen/iterum/commitments.ts";
import type { World } from "./types.ts";

/** The seed set and every item whose label was opened in a round before this one. */
export async function trainingSet(world: World, roundId: bigint): Promise<TrainingSet> {
  const { queries, gameId, seedSet } = world;
  const spec = featurizerSpec((await queries.commitments.dataRule(gameId)).featurizer);
  const inputs = [...seedSet.inputs];
  const labels = [...seedSet.labels];
  for (let past = 1n; past < roundId; past++)
    for (const set of await queries.commitments.sets(gameId, past)) addOpened(spec, set, inputs, labels);
  return { inputs, labels };
}

function addOpened(
  spec: FeaturizerSpec,
  { items, labels: opened }: RevealedSet,
  inputs: Int32Array[],
  labels: number[],
): void {
  for (const [i, { input }] of items.entries()) {
    const label = opened[i] ?? 0;
    if (label === 0) continue; // withheld
    inputs.push(unpackInput(spec, input));
    labels.push(label - 1);
  }
}
