import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { architectureOf, layersOf } from "#trainer/architecture.ts";
import { lossAndDelta, sigmoid, toProbabilities } from "#trainer/engine/loss.ts";
import { backward, forward, newNetwork, type SparseRow, tensorLengths } from "#trainer/engine/network.ts";
import { randomOf } from "#trainer/random.ts";

const sparse = (dense: readonly number[]): SparseRow => {
  const features = dense.flatMap((value, i) => (value === 0 ? [] : [i]));
  const values = features.map((i) => dense[i] as number);
  return { features: Int32Array.from(features), values: Float64Array.from(values) };
};

/** Compares every gradient of the loss of a few rows with its central difference. */
function checkGradients(name: string): void {
  const architecture = architectureOf(name);
  const random = randomOf(name);
  const network = newNetwork(architecture);
  const lengths = tensorLengths(layersOf(architecture));
  const weights = lengths.map((length) => Float32Array.from({ length }, () => random.unit() - 0.4));
  const gradients = lengths.map((length) => new Float64Array(length));
  const rows = Array.from({ length: 5 }, () =>
    sparse(Array.from({ length: architecture.inputs }, () => Math.max(0, random.below(5) - 1.5))),
  );
  const labels = rows.map(() => random.below(architecture.classes));
  const delta = network.deltas.at(-1) as Float64Array;
  const loss = (): number =>
    rows.reduce((sum, row, i) => {
      const label = labels[i] as number;
      return sum + lossAndDelta(forward(network, weights, row), label, delta);
    }, 0);
  for (const [i, row] of rows.entries()) {
    lossAndDelta(forward(network, weights, row), labels[i] as number, delta);
    backward(network, weights, row, gradients);
  }
  for (const [t, tensor] of weights.entries())
    for (let i = 0; i < tensor.length; i++) {
      const before = tensor[i] as number;
      const [above, below] = [Math.fround(before + 2 ** -12), Math.fround(before - 2 ** -12)];
      tensor[i] = above;
      const lossAbove = loss();
      tensor[i] = below;
      const difference = (lossAbove - loss()) / (above - below);
      tensor[i] = before;
      const gradient = gradients[t]?.[i] as number;
      const close = Math.abs(difference - gradient) <= 1e-5 * Math.max(1, Math.abs(gradient));
      assert.ok(close, `${name}: tensor ${t}, number ${i}: ${gradient}, by differences ${difference}`);
    }
}

describe("gradients agree with finite differences", () => {
  for (const name of ["lr-6", "lr-6-k3", "mlp-6-4", "mlp-6-5-k4", "mlp-5-4-3-k3", "mlp-4-3-3-2"])
    test(`of ${name}`, () => checkGradients(name));
});

describe("the loss", () => {
  test("is −ln of the label's probability, for one logit and for several", () => {
    const cases = [[0.7], [-2], [0.1, -0.4, 2], [1, 1, 1, 1]];
    for (const logits of cases) {
      const classes = Math.max(2, logits.length);
      const p = new Float64Array(classes);
      toProbabilities(Float64Array.from(logits), p);
      assert.ok(Math.abs(p.reduce((a, b) => a + b) - 1) < 1e-12);
      for (let label = 0; label < classes; label++) {
        const delta = new Float64Array(logits.length);
        const loss = lossAndDelta(Float64Array.from(logits), label, delta);
        assert.ok(Math.abs(loss + Math.log(p[label] as number)) < 1e-12);
      }
    }
  });
  test("stays finite and exact at extreme logits", () => {
    const delta = new Float64Array(1);
    assert.equal(lossAndDelta(Float64Array.of(1000), 0, delta), 1000);
    assert.equal(delta[0], 1);
    assert.equal(lossAndDelta(Float64Array.of(-1000), 0, delta), 0);
    assert.equal(lossAndDelta(Float64Array.of(1000, -1000, 0), 1, new Float64Array(3)), 2000);
    assert.equal(sigmoid(-1000), 0);
  });
});
