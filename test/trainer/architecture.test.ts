import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { architectureName, architectureOf, checkArchitecture, layersOf } from "#trainer/architecture.ts";

test("names say the sizes of a network", () => {
  assert.deepEqual(architectureOf("lr-64"), { inputs: 64, hidden: [], classes: 2 });
  assert.deepEqual(architectureOf("mlp-64-4"), { inputs: 64, hidden: [4], classes: 2 });
  assert.deepEqual(architectureOf("mlp-1024-64-8-k3"), { inputs: 1024, hidden: [64, 8], classes: 3 });
  assert.deepEqual(layersOf(architectureOf("mlp-64-4")), [
    { inputs: 64, outputs: 4 },
    { inputs: 4, outputs: 1 },
  ]);
  assert.deepEqual(layersOf(architectureOf("lr-8-k5")), [{ inputs: 8, outputs: 5 }]);
});

test("every architecture in bounds has a name that says it", () => {
  const architecture = fc.record({
    inputs: fc.integer({ min: 1, max: 1024 }),
    hidden: fc.array(fc.integer({ min: 1, max: 1024 }), { maxLength: 3 }),
    classes: fc.integer({ min: 2, max: 16 }),
  });
  fc.assert(
    fc.property(architecture, (a) => assert.deepEqual(architectureOf(architectureName(a)), { ...a })),
  );
});

test("other names and sizes out of bounds are refused", () => {
  const names = ["", "lr", "lr-", "lr-64-4", "mlp-64", "mlp-64-", "cnn-64", "lr-64 ", "lr-0", "lr-1025"];
  for (const name of [...names, "mlp-64-0", "mlp-64-1025", "mlp-4-1-1-1-1", "lr-64-k1", "lr-64-k17"])
    assert.throws(() => architectureOf(name), { name: "TrainerError", code: "architecture" }, name);
  const fractional = { inputs: 1.5, hidden: [], classes: 2 };
  assert.throws(() => checkArchitecture(fractional), { code: "architecture" });
});
