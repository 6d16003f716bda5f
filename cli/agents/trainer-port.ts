import type { TrainerPort } from "#client/ports.ts";
import { architectureOf, layersOf } from "#trainer/architecture.ts";
import { tensorLengths } from "#trainer/engine/network.ts";
import { trainInWorker } from "#trainer/engine/thread.ts";
import { exportOnnx } from "#trainer/onnx/write.ts";
import { randomOf } from "#trainer/random.ts";

/** The project's own trainer, on a thread of its own. */
export const trainerPort: TrainerPort = {
  train: async ({ architecture, batch, seed }, data) =>
    exportOnnx(await trainInWorker({ architecture, seed, data }), { batch }),
  random: async ({ architecture: name, batch, seed }) => {
    const architecture = architectureOf(name);
    const { unit } = randomOf(`${seed}/random`);
    const weights = tensorLengths(layersOf(architecture)).map((length) =>
      Float32Array.from({ length }, () => 2 * unit() - 1),
    );
    return exportOnnx({ architecture, weights }, { batch });
  },
};
