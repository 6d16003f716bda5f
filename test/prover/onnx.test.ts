import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { toHex } from "#chain/bytes/hex.ts";
import { ProverError } from "#prover/errors.ts";
import { readOnnx, sameGraph, weightBits, withWeights } from "#prover/onnx.ts";
import { paramsPoseidon } from "#prover/params.ts";
import { shareWeights } from "#prover/share.ts";
import { network } from "./kit.ts";

const isRefusal = (error: unknown): boolean => error instanceof ProverError && error.code === "invalid_onnx";

test("weights, input and output are read in the order of the file", () => {
  const onnx = readOnnx(network("mlp-4-3", 8, 1));
  assert.deepEqual(onnx.input, { name: "x", dims: [8, 4] });
  assert.deepEqual(onnx.output, { name: "y", dims: [8, 1] });
  assert.deepEqual(
    onnx.tensors.map(({ name, dims }) => [name, ...dims]),
    [
      ["W0", 4, 3],
      ["b0", 3],
      ["W1", 3, 1],
      ["b1", 1],
    ],
  );
  const floats = new Float32Array(weightBits(onnx).buffer);
  assert.equal(floats.length, 19);
  assert.equal(floats[0], Math.fround((((1 * 101) % 199) - 99.5) / 128));
});

test("files that differ in weights have the same graph, files that differ in anything else do not", () => {
  const a = readOnnx(network("mlp-4-3", 8, 1));
  assert.ok(sameGraph(a, readOnnx(network("mlp-4-3", 8, 2))));
  assert.ok(!sameGraph(a, readOnnx(network("mlp-4-3", 4, 1))));
  assert.ok(!sameGraph(a, readOnnx(network("mlp-4-4", 8, 1))));
  const renamed = Buffer.from(a.bytes);
  renamed.write("Tanh", renamed.indexOf("Relu"));
  assert.ok(!sameGraph(a, readOnnx(renamed)));
});

test("other weights change nothing but the weights", () => {
  const onnx = readOnnx(network("lr-4", 2, 1));
  const other = readOnnx(withWeights(onnx, (i) => i + 1));
  assert.deepEqual([...new Float32Array(weightBits(other).buffer)], [1, 2, 3, 4, 5]);
  assert.ok(sameGraph(onnx, other));
  assert.deepEqual(onnx.bytes, network("lr-4", 2, 1));
});

test("a weight of exactly zero is refused, of either sign", () => {
  const onnx = readOnnx(network("lr-4", 2, 1));
  for (const zero of [0, -0]) {
    const zeroed = readOnnx(withWeights(onnx, (i) => (i === 3 ? zero : 1)));
    assert.throws(() => paramsPoseidon(zeroed, 13), { code: "zero_weight" });
  }
  assert.notEqual(toHex(paramsPoseidon(onnx, 13)), toHex(paramsPoseidon(onnx, 12)));
});

test("a circuit's graph keeps the weights and their order", () => {
  const onnx = readOnnx(network("mlp-4-3", 8, 1));
  const shared = readOnnx(shareWeights(onnx));
  assert.deepEqual(weightBits(shared), weightBits(onnx));
  assert.deepEqual([shared.input, shared.output], [onnx.input, onnx.output]);
  assert.throws(() => shareWeights(readOnnx(network("lr-4", 1, 1))), isRefusal);
});

test("truncated, altered and random files are refused or read, never anything else", () => {
  const file = network("mlp-4-3", 8, 1);
  const survives = (bytes: Uint8Array) => {
    try {
      readOnnx(bytes);
    } catch (error) {
      assert.ok(isRefusal(error), String(error));
    }
  };
  for (let length = 0; length < file.length; length++) survives(file.subarray(0, length));
  const at = fc.integer({ min: 0, max: file.length - 1 });
  fc.assert(
    fc.property(at, fc.integer({ min: 0, max: 255 }), (index, value) => {
      const altered = file.slice();
      altered[index] = value;
      survives(altered);
    }),
    { numRuns: 1000 },
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), survives));
  assert.throws(() => readOnnx(new Uint8Array(3 << 20)), isRefusal);
});
