import { toHex } from "#chain/bytes/hex.ts";
import { utf8 } from "#chain/bytes/utf8.ts";
import { featurize } from "#chain/protocol/featurizers/featurize.ts";
import type { ItemSource, ProverPort, SourceItem, TrainerPort, TrainingSet } from "#client/ports.ts";
import { readOnnx } from "#prover/onnx.ts";
import { paramsPoseidon } from "#prover/params.ts";
import { architectureOf, layersOf } from "#trainer/architecture.ts";
import { predict } from "#trainer/engine/model.ts";
import { tensorLengths } from "#trainer/engine/network.ts";
import { trainModel } from "#trainer/engine/train.ts";
import { importOnnx } from "#trainer/onnx/read.ts";
import { exportOnnx } from "#trainer/onnx/write.ts";
import { randomOf } from "#trainer/random.ts";
import { VOCABULARY } from "../../kit/genesis.ts";

const PARAM_SCALE = 13;

/** Trains on this thread. */
export const localTrainer: TrainerPort = {
  train: async ({ architecture, batch, seed }, data) =>
    exportOnnx(trainModel({ architecture, data, seed, epochs: 20 }), { batch }),
  random: async ({ architecture, batch, seed }) => {
    const sizes = architectureOf(architecture);
    const random = randomOf(seed);
    const weights = tensorLengths(layersOf(sizes)).map((length) =>
      Float32Array.from({ length }, () => 2 * random.unit() - 1),
    );
    return exportOnnx({ architecture: sizes, weights }, { batch });
  },
};

/** A prover that runs models in floating point and rounds their logits: for games without audits. */
export function floatProver(outputScale = 14): ProverPort {
  const models = new Map<string, Uint8Array>();
  return {
    registerModel: async (_template, onnx) => {
      const hash = toHex(paramsPoseidon(readOnnx(onnx), PARAM_SCALE));
      models.set(hash, onnx);
      return { modelKey: hash, paramsPoseidon: hash };
    },
    predict: async (modelKey, inputs) => {
      const onnx = models.get(modelKey);
      if (!onnx) throw new Error("the prover does not have this model");
      const model = importOnnx(onnx);
      const logits = inputs.map((input) =>
        [...predict(model, input)].map((logit) => BigInt(Math.round(logit * 2 ** outputScale))),
      );
      return { logits, outputScale };
    },
    prove: () => Promise.reject(new Error("this prover makes no proofs")),
  };
}

/** Rows that everybody knows before the game starts. */
export async function seedRows(count: number): Promise<TrainingSet> {
  const items = await wordSource("seed", count).itemsFor(0n, count);
  const spec = { kind: "vocabulary/1", tokens: VOCABULARY } as const;
  return {
    inputs: items.map(({ content }) => featurize(spec, content)),
    labels: items.map(({ label }) => label),
  };
}

/** Messages of one member: words of the vocabulary's first half mean class 1 nine times in ten. */
export function wordSource(seed: string, count: number): ItemSource {
  return {
    // As many words of the first half as of the second may be chance: then the author's word is as good.
    labelOf: async (content) => {
      const words = new TextDecoder().decode(content).split(" ").slice(0, 6);
      return words.filter((word) => VOCABULARY.indexOf(word) < 32).length >= 3 ? 1 : 0;
    },
    itemsFor: async (roundId) => {
      const random = randomOf(`${seed}/${roundId}`);
      return Array.from({ length: count }, (_, i): SourceItem => {
        const label = random.below(2);
        const words = Array.from({ length: 6 }, () => {
          const isTelling = random.below(10) > 0;
          const half = isTelling === (label === 1) ? 0 : 32;
          return VOCABULARY[half + random.below(32)] as string;
        });
        return { content: utf8(`${words.join(" ")} ${seed} ${roundId} ${i}`), label };
      });
    },
  };
}
