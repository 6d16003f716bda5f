import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { toHex } from "#chain/bytes/hex.ts";
import { feltModulus, words } from "#chain/protocol/field.ts";
import { PoseidonError, poseidon } from "#chain/protocol/poseidon.ts";
import { QuantizeError, quantizeFloat32 } from "#chain/protocol/quantize.ts";
import { EzklWorker } from "#prover/ezkl.ts";
import { feltFromHex } from "#prover/params.ts";
import { newHome, python } from "./kit.ts";

const littleEndian = (felt: bigint): string => toHex(words([felt]).reverse());
const bitsOf = (value: number): number => new Uint32Array(Float32Array.of(value).buffer)[0] as number;

test("the hash is the wheel's on random messages and at the field's edges", async () => {
  const { home, remove } = await newHome();
  const worker = new EzklWorker({ python, root: home });
  const felt = fc.bigInt({ min: 0n, max: feltModulus - 1n });
  const random = fc.sample(fc.array(felt, { minLength: 1, maxLength: 5 }), { numRuns: 12, seed: 1 });
  const edges = [
    [0n],
    [1n],
    [feltModulus - 1n],
    [1n, 2n],
    [0n, 0n, 0n],
    Array.from({ length: 65 }, (_, i) => BigInt(i)),
  ];
  try {
    for (const message of [...edges, ...random]) {
      const { result } = await worker.call("poseidon", { message: message.map(littleEndian) });
      assert.equal(poseidon(message), feltFromHex(result.digest));
    }
  } finally {
    await worker.close();
    await remove();
  }
});

test("the constants drawn from the Grain generator are circomlib's", () => {
  // One permutation of [x, 2^64] computed with the published constants, which the package keeps in base64.
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve("poseidon-lite"));
  const { default: parse } = require(join(folder, "poseidon/unstringify.js"));
  const { default: raw } = require(join(folder, "constants/1.js"));
  const { C, M } = parse(raw) as { C: bigint[]; M: [[bigint, bigint], [bigint, bigint]] };
  const power5 = (value: bigint) => value ** 5n % feltModulus;
  let state: [bigint, bigint] = [7n, 1n << 64n];
  for (let r = 0; r < 64; r++) {
    const a = power5(state[0] + (C[2 * r] as bigint));
    const sum = state[1] + (C[2 * r + 1] as bigint);
    const b = r < 4 || r >= 60 ? power5(sum) : sum;
    state = [(M[0][0] * a + M[0][1] * b) % feltModulus, (M[1][0] * a + M[1][1] * b) % feltModulus];
  }
  assert.equal(poseidon([7n]), state[0]);
});

test("elements outside the field are refused", () => {
  assert.throws(() => poseidon([feltModulus]), PoseidonError);
  assert.throws(() => poseidon([-1n]), PoseidonError);
});

test("weights are rounded to the nearest integer, halves away from zero", () => {
  const cases: [number, number, bigint][] = [
    [0.5, 0, 1n],
    [-0.5, 0, -1n],
    [1.5, 0, 2n],
    [-2.5, 0, -3n],
    [0.49999997, 0, 0n],
    [1e-6, 13, 0n],
    [1, 13, 8192n],
    [-3.25, 13, -26624n],
    [1.4e-45, 32, 0n],
    [16777216, 13, 137438953472n],
  ];
  for (const [value, scale, expected] of cases) assert.equal(quantizeFloat32(bitsOf(value), scale), expected);
});

test("quantising agrees with exact arithmetic on every kind of float", () => {
  const float = fc.float({ noNaN: true, noDefaultInfinity: true, min: -65536, max: 65536 });
  fc.assert(
    fc.property(float, fc.integer({ min: 0, max: 20 }), (value, scale) => {
      // Below 2^53 a float64 holds the product exactly, and Math.round only errs on negative halves.
      const product = Math.abs(value) * 2 ** scale;
      const expected = BigInt(Math.floor(product) + (product % 1 >= 0.5 ? 1 : 0));
      assert.equal(quantizeFloat32(bitsOf(value), scale), value < 0 ? -expected : expected);
    }),
  );
});

test("weights that are not finite, or too wide, are refused", () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, 1e38])
    assert.throws(() => quantizeFloat32(bitsOf(value), 13), QuantizeError);
  assert.throws(() => quantizeFloat32(bitsOf(1), 33), QuantizeError);
});
