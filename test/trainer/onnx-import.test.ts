import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { concat } from "#chain/bytes/concat.ts";
import { architectureOf } from "#trainer/architecture.ts";
import { predict } from "#trainer/engine/model.ts";
import { trainModel } from "#trainer/engine/train.ts";
import { TrainerError } from "#trainer/error.ts";
import { importOnnx } from "#trainer/onnx/read.ts";
import { bytesField, floatField, integerField } from "#trainer/onnx/wire.ts";
import { exportOnnx } from "#trainer/onnx/write.ts";
import { randomModel, someArchitectures, threeClasses } from "./kit.ts";

const refusal = { name: "TrainerError", code: "onnx" };

// A file as another exporter would write it, with one thing changed at a time.
const text = (field: number, value: string): Uint8Array => bytesField(field, value);
const initializer = (name: string, dims: number[], values: number[], data = "raw"): Uint8Array => {
  const floats = values.map((value) => floatField(4, value));
  const raw = concat(...floats.map((field) => field.subarray(1)));
  const body = data === "raw" ? [bytesField(9, raw)] : data === "packed" ? [bytesField(4, raw)] : floats;
  return bytesField(
    5,
    ...dims.map((dim) => integerField(1, dim)),
    integerField(2, 1),
    ...body,
    text(8, name),
  );
};
const info = (field: number, name: string, dims: (number | string)[], type = 1): Uint8Array => {
  const shape = dims.map((dim) =>
    bytesField(1, typeof dim === "number" ? integerField(1, dim) : text(2, dim)),
  );
  return bytesField(
    field,
    text(1, name),
    bytesField(2, bytesField(1, integerField(1, type), bytesField(2, ...shape))),
  );
};
const attribute = (name: string, i: number): Uint8Array =>
  bytesField(5, text(1, name), integerField(3, i), integerField(20, 2));
const node = (op: string, inputs: string[], output: string, ...more: Uint8Array[]): Uint8Array =>
  bytesField(1, ...inputs.map((name) => text(1, name)), text(2, output), text(3, "n"), text(4, op), ...more);

const parts = {
  opset: bytesField(8, integerField(2, 17)),
  first: node("Gemm", ["in", "fc1.weight", "fc1.bias"], "a", attribute("transB", 1)),
  relu: node("Relu", ["a"], "b"),
  second: node("Gemm", ["b", "fc2.weight", "fc2.bias"], "out", attribute("transB", 1)),
  weight1: initializer("fc1.weight", [3, 2], [1, 2, 3, 4, 5, 6]),
  bias1: initializer("fc1.bias", [3], [7, 8, 0], "packed"),
  weight2: initializer("fc2.weight", [1, 3], [-1, -2, -3], "fields"),
  bias2: initializer("fc2.bias", [1], [0.5]),
  input: info(11, "in", ["batch", 2]),
  output: info(12, "out", ["batch", 1]),
  extra: new Uint8Array(),
};
const none = new Uint8Array();
function file(change: Partial<Record<keyof typeof parts, Uint8Array>> = {}): Uint8Array {
  const { opset, ...graph } = { ...parts, ...change };
  return concat(integerField(1, 10), text(2, "another"), bytesField(7, ...Object.values(graph)), opset);
}

describe("an imported file", () => {
  test("of ours gives the model that was exported", () => {
    for (const name of someArchitectures) {
      const model = randomModel(name);
      assert.deepEqual(importOnnx(exportOnnx(model, { batch: 8 }), model.architecture), model);
    }
    const { report, ...trained } = trainModel({
      architecture: "lr-2-k3",
      data: threeClasses("a", 20),
      seed: "s",
    });
    assert.ok(report.epochs > 0);
    assert.deepEqual(importOnnx(exportOnnx(trained, { batch: 2 })), trained);
  });
  test("of another exporter is brought to our layout", async () => {
    const model = importOnnx(file());
    assert.deepEqual(model.architecture, architectureOf("mlp-2-3"));
    const [matrix, biases, ...rest] = model.weights;
    assert.deepEqual(matrix, Float32Array.of(1, 3, 5, 2, 4, 6));
    assert.deepEqual(biases, Float32Array.of(7, 8, 1e-6));
    assert.deepEqual(rest, [Float32Array.of(-1, -2, -3), Float32Array.of(0.5)]);
    // 7+1+4=12, 8+3+8=19, 5+12=17 → 0.5 − 12 − 38 − 51
    assert.ok(Math.abs((predict(model, [1, 2])[0] as number) + 100.5) < 1e-5);
  });
  test("with numbers that are not finite, or of another architecture than expected, is refused", () => {
    const infinite = { bias2: initializer("fc2.bias", [1], [Number.POSITIVE_INFINITY]) };
    assert.throws(() => importOnnx(file(infinite)), { name: "TrainerError", code: "model" });
    assert.throws(() => importOnnx(file(), architectureOf("mlp-2-4")), refusal);
  });
  test("of any bytes gives a model or a TrainerError", () => {
    const good = file();
    const mutate = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    const settles = (bytes: Uint8Array): void => {
      try {
        importOnnx(bytes);
      } catch (error) {
        assert.ok(error instanceof TrainerError, `${error}`);
      }
    };
    for (let length = 0; length < good.length; length++) settles(good.subarray(0, length));
    const changed = mutate.map((edits) => {
      const bytes = good.slice();
      for (const [at, value] of edits) bytes[at] = value;
      return bytes;
    });
    fc.assert(fc.property(fc.oneof(changed, fc.uint8Array({ maxLength: 60 })), settles), { numRuns: 2000 });
  });
});

describe("a file that is not ours", () => {
  test("in its graph is refused", () => {
    const gemm = (...more: Uint8Array[]): Uint8Array =>
      node("Gemm", ["b", "fc2.weight", "fc2.bias"], "out", attribute("transB", 1), ...more);
    const changes: Partial<Record<keyof typeof parts, Uint8Array>>[] = [
      ...[{ relu: node("Sigmoid", ["a"], "b") }, { relu: none }, { second: none }, { first: none }],
      ...[{ relu: node("Relu", ["in"], "b") }, { relu: node("Relu", ["a"], "b", text(7, "my.ops")) }],
      ...[{ second: gemm(attribute("transA", 1)) }, { second: gemm(attribute("alpha", 2)) }],
      ...[{ second: gemm(attribute("other", 0)) }, { second: gemm(text(2, "second output")) }],
      { second: node("Gemm", ["b", "fc2.weight"], "out", attribute("transB", 1)) },
      { second: node("Gemm", ["b", "fc1.weight", "fc1.bias"], "out", attribute("transB", 1)) },
      { second: node("Gemm", ["b", "fc2.weight", "fc2.bias"], "out") },
      ...[{ extra: node("Sigmoid", ["out"], "p") }, { extra: initializer("unused", [1], [1]) }],
      ...[{ extra: initializer("fc1.bias", [3], [1, 2, 3]) }, { extra: info(11, "mask", ["batch", 2]) }],
      ...[{ extra: bytesField(15, text(1, "sparse")) }, { output: info(12, "a", ["batch", 1]) }],
      ...[{ opset: none }, { opset: bytesField(8, integerField(2, 10)) }],
      { opset: concat(parts.opset, bytesField(8, text(1, "my.ops"), integerField(2, 1))) },
      { opset: concat(parts.opset, bytesField(25, text(1, "function"))) },
    ];
    for (const [i, change] of changes.entries())
      assert.throws(() => importOnnx(file(change)), refusal, `${i}`);
  });
  test("in the type, shape or place of its tensors is refused", () => {
    const external = bytesField(
      5,
      integerField(1, 1),
      integerField(2, 1),
      text(8, "fc2.bias"),
      integerField(14, 1),
    );
    const doubles = bytesField(5, integerField(1, 1), integerField(2, 11), text(8, "fc2.bias"));
    const changes: Partial<Record<keyof typeof parts, Uint8Array>>[] = [
      ...[{ bias2: external }, { bias2: doubles }, { bias2: initializer("fc2.bias", [2], [1]) }],
      ...[{ bias2: initializer("fc2.bias", [2], [1, 2]) }, { bias2: initializer("fc2.bias", [1, 1], [1]) }],
      ...[{ weight2: initializer("fc2.weight", [3], [1, 2, 3]) }, { weight1: none }],
      ...[
        { weight2: initializer("fc2.weight", [1, 4], [1, 2, 3, 4]) },
        { input: info(11, "in", ["batch", 3]) },
      ],
      ...[{ input: info(11, "in", ["batch"]) }, { input: info(11, "in", ["batch", 2], 7) }, { input: none }],
      ...[{ output: info(12, "out", ["batch", 2]) }, { output: none }],
    ];
    for (const [i, change] of changes.entries())
      assert.throws(() => importOnnx(file(change)), refusal, `${i}`);
    const two = {
      weight2: initializer("fc2.weight", [2, 3], [1, 2, 3, 4, 5, 6]),
      bias2: initializer("fc2.bias", [2], [1, 2]),
    };
    const logits = { ...two, output: info(12, "out", ["batch", 2]) };
    assert.throws(() => importOnnx(file(logits)), /two classes take one logit/);
  });
});
