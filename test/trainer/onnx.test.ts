import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { type Architecture, architectureOf, layersOf } from "#trainer/architecture.ts";
import { predict } from "#trainer/engine/model.ts";
import { importOnnx } from "#trainer/onnx/read.ts";
import { exportOnnx, templateOnnx } from "#trainer/onnx/write.ts";
import { randomOf } from "#trainer/random.ts";
import { randomCounts, randomModel, someArchitectures } from "./kit.ts";

const refusal = { name: "TrainerError", code: "onnx" };

/** The logits of onnxruntime for a batch of inputs, each of the architecture's length. */
async function runOnnx(
  file: Uint8Array,
  architecture: Architecture,
  batch: readonly Int32Array[],
): Promise<Float32Array> {
  const session = await InferenceSession.create(file);
  try {
    assert.deepEqual([session.inputNames, session.outputNames], [["x"], ["y"]]);
    const values = Float32Array.from(batch.flatMap((input) => [...input]));
    const { y } = await session.run({
      x: new Tensor("float32", values, [batch.length, architecture.inputs]),
    });
    assert.deepEqual(y?.dims, [batch.length, layersOf(architecture).at(-1)?.outputs]);
    return y?.data as Float32Array;
  } finally {
    await session.release();
  }
}

describe("an exported file", () => {
  for (const name of someArchitectures)
    test(`of ${name} gives in onnxruntime the logits of predict`, async () => {
      const model = randomModel(name);
      const random = randomOf("inputs");
      const file = exportOnnx(model, { batch: 8 });
      for (let run = 0; run < 5; run++) {
        const batch = Array.from({ length: 8 }, () => randomCounts(random, model.architecture.inputs));
        const logits = batch.flatMap((input) => [...predict(model, input)]);
        const theirs = await runOnnx(file, model.architecture, batch);
        for (const [i, logit] of logits.entries())
          assert.ok(Math.abs(logit - (theirs[i] as number)) <= 1e-5 * Math.max(1, Math.abs(logit)));
      }
    });
  test("has a fixed batch: another one does not run", async () => {
    const file = exportOnnx(randomModel("lr-64"), { batch: 8 });
    await assert.rejects(runOnnx(file, architectureOf("lr-64"), [new Int32Array(64)]), /dimension/);
  });
  test("writes no parameter that is exactly 0", () => {
    const model = {
      architecture: architectureOf("lr-2"),
      weights: [Float32Array.of(0, -0), Float32Array.of(0)],
    };
    const { weights } = importOnnx(exportOnnx(model, { batch: 1 }));
    assert.deepEqual(weights, [Float32Array.of(1e-6, 1e-6), Float32Array.of(1e-6)]);
  });
  test("differs from its template in the bytes of parameters alone", () => {
    for (const name of someArchitectures) {
      const file = exportOnnx(randomModel(name), { batch: 8 });
      const template = templateOnnx(name, { batch: 8 });
      assert.equal(file.length, template.length);
      const differing = file.filter((byte, i) => byte !== template[i]).length;
      const parameters = randomModel(name).weights.reduce((sum, tensor) => sum + tensor.length, 0);
      assert.ok(differing > 0 && differing <= 4 * parameters);
      for (const tensor of importOnnx(template).weights)
        assert.ok(tensor.every((weight) => weight !== 0 && Math.abs(weight) < 1));
    }
  });
  test("is refused for models that do not fit, are not finite, and for batches out of bounds", () => {
    const model = randomModel("lr-2");
    const [matrix, biases] = model.weights as [Float32Array, Float32Array];
    const bad = [
      [matrix],
      [matrix, new Float32Array(2)],
      [matrix, Float32Array.of(Number.NaN)],
      [biases, biases],
    ];
    for (const weights of bad)
      assert.throws(() => exportOnnx({ ...model, weights }, { batch: 8 }), { code: "model" });
    for (const batch of [0, 1.5, 257]) assert.throws(() => exportOnnx(model, { batch }), refusal);
  });
});
