import { readOnnx } from "#prover/onnx.ts";
import { shareWeights } from "#prover/share.ts";
import { architectureOf, layersOf } from "#trainer/architecture.ts";
import { tensorLengths } from "#trainer/engine/network.ts";
import { exportOnnx } from "#trainer/onnx/write.ts";

/**
 * What a sample is made of: an architecture, a batch, and a model's circuit graph and an input for every
 * proof.
 */
export interface Plan {
  readonly batch: number;
  readonly inputSize: number;
  readonly proofs: readonly { readonly onnx: Uint8Array; readonly inputs: readonly number[] }[];
}

/** Small weights that no two seeds share. */
const weights = (length: number, seed: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => (((i * 37 + seed * 101) % 199) - 99.5) / 256);

function network(name: string, batch: number, seed: number): Uint8Array {
  const architecture = architectureOf(name);
  const lengths = tensorLengths(layersOf(architecture));
  const tensors = lengths.map((length, i) => weights(length, seed + 10 * i));
  return shareWeights(readOnnx(exportOnnx({ architecture, weights: tensors }, { batch })));
}

/** A batch of two-bit counts, as the featurizers give. */
const counts = (length: number, seed: number): number[] =>
  Array.from({ length }, (_, i) => ((i * i + seed * 7) >> 3) & 3);

function plan(name: string, batch: number, proofs: readonly (readonly [number, number])[]): Plan {
  const inputSize = architectureOf(name).inputs;
  return {
    ...{ batch, inputSize },
    proofs: proofs.map(([model, input]) => ({
      onnx: network(name, batch, model),
      inputs: counts(batch * inputSize, input),
    })),
  };
}

const planned = {
  "lr-4": [2, [[1, 1]]],
  "lr-64": [
    8,
    [
      [1, 1],
      [2, 1],
      [1, 2],
    ],
  ],
  "mlp-64-4": [8, [[1, 1]]],
} as const;

/** Name of a sample: its architecture. */
export type ZkName = keyof typeof planned;

/** How a sample is made: its batch, and for every proof the seeds of its model and its input. */
export function planOf(name: ZkName): Plan {
  const [batch, proofs] = planned[name];
  return plan(name, batch, proofs);
}
