import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DomainError } from "#chain/math/error.ts";
import { outputsPerItem, predictionMin, predictionsFromLogits } from "#chain/math/transform.ts";

const SCALE = 7;
const atScale = (value: number): bigint => BigInt(Math.round(value * 2 ** SCALE));
const one = (transformId: string, logits: readonly bigint[], classes: number, clipPpm = 10_000): number[] => [
  ...predictionsFromLogits(transformId, logits, SCALE, classes, clipPpm),
];
const logits = (outputs: number) =>
  fc.array(fc.bigInt({ min: -2000n, max: 2000n }), { minLength: outputs, maxLength: outputs });

test("a logit of zero is one half, rounded up, of class 1", () => {
  assert.deepEqual(one("sigmoid/1", [0n], 2), [32768]);
});

test("a sigmoid prediction is the nearest 65535th of the probability", () => {
  fc.assert(
    fc.property(logits(1), ([logit]) => {
      const p = 1 / (1 + Math.exp(-Number(logit) / 2 ** SCALE));
      const clipped = Math.min(Math.max(p, 656 / 65535), 1 - 656 / 65535);
      const [prediction] = one("sigmoid/1", [logit as bigint], 2);
      assert.ok(Math.abs((prediction as number) - 65535 * clipped) <= 0.5 + 1e-9);
    }),
  );
});

test("a softmax of two classes is the sigmoid of their difference", () => {
  fc.assert(
    fc.property(logits(2), ([a, b]) => {
      const [soft] = one("softmax/1", [a as bigint, b as bigint], 2);
      const [sigmoid] = one("sigmoid/1", [(b as bigint) - (a as bigint)], 2);
      assert.equal(soft, sigmoid);
    }),
  );
});

test("every class, the remainder too, stays at or above the clip", () => {
  const cases = fc
    .integer({ min: 2, max: 16 })
    .chain((classes) =>
      fc.tuple(
        fc.constant(classes),
        fc.integer({ min: 0, max: Math.floor(500_000 / classes) }),
        logits(classes),
      ),
    );
  fc.assert(
    fc.property(cases, ([classes, clipPpm, values]) => {
      const given = one("softmax/1", values, classes, clipPpm);
      const all = [65535 - given.reduce((a, b) => a + b, 0), ...given];
      assert.equal(all.length, classes);
      assert.ok(Math.min(...all) >= Math.ceil((clipPpm / 1e6) * 65535 - 1e-9));
    }),
  );
});

test("three classes are rounded by largest remainder, ties to the lower class", () => {
  assert.deepEqual(one("softmax/1", [0n, 0n, 0n], 3), [21845, 21845]);
  // 65535 = 4·16383 + 3: classes 0, 1 and 2 get one more.
  assert.deepEqual(one("softmax/1", [0n, 0n, 0n, 0n], 4), [16384, 16384, 16383]);
});

test("a class below the clip is lifted to it and the others shrink in proportion", () => {
  const far = one("softmax/1", [atScale(0), atScale(Math.log(3)), atScale(-50)], 3, 50_000);
  assert.equal(far[1], predictionMin(50_000, 3));
  const rest = 65535 - (far[1] as number);
  assert.ok(Math.abs((far[0] as number) - 0.75 * rest) < 65); // ln 3 is rounded to 2^-7
});

test("huge outputs saturate instead of failing", () => {
  const huge = 1n << 253n;
  assert.deepEqual(one("sigmoid/1", [huge], 2), [65535 - 656]);
  assert.deepEqual(one("sigmoid/1", [-huge], 2), [656]);
  assert.deepEqual(one("softmax/1", [-huge, huge, 0n], 3), [65535 - 2 * 656, 656]);
  assert.deepEqual(one("identity/1", [huge], 2), [65535 - 656]);
});

test("identity takes the probabilities of classes 1 and up as they are", () => {
  assert.deepEqual(one("identity/1", [atScale(0.25)], 2), [16384]);
  assert.deepEqual(one("identity/1", [atScale(-3)], 2), [656]);
  assert.deepEqual(one("identity/1", [atScale(1), atScale(1)], 3, 0), [32768, 32767]);
});

test("items come one after the other", () => {
  const both = one("sigmoid/1", [atScale(1), atScale(-1)], 2);
  assert.deepEqual(both, [...one("sigmoid/1", [atScale(1)], 2), ...one("sigmoid/1", [atScale(-1)], 2)]);
  assert.equal((both[0] as number) + (both[1] as number), 65535);
});

test("outputs per item follow from the transform", () => {
  assert.deepEqual(
    ["sigmoid/1", "softmax/1", "identity/1"].map((id) => outputsPerItem(id, 2)),
    [1, 2, 1],
  );
});

test("what does not fit the transform is refused", () => {
  for (const attempt of [
    () => one("tanh/1", [0n], 2),
    () => one("sigmoid/1", [0n], 3),
    () => one("softmax/1", [0n], 2),
    () => one("softmax/1", [0n], 1),
    () => one("softmax/1", Array(17).fill(0n), 17),
    () => one("sigmoid/1", [0n], 2, 250_001),
    () => one("sigmoid/1", [0n], 2, -1),
    () => predictionsFromLogits("sigmoid/1", [0n], -1, 2, 10_000),
    () => predictionsFromLogits("sigmoid/1", [0n], 65, 2, 10_000),
  ])
    assert.throws(attempt, DomainError);
});
