import assert from "node:assert/strict";
import test from "node:test";
import { adversaries } from "../adversary/measure.ts";
import { playAll } from "../adversary/workers.ts";

const SEED = process.env["ITERUM_TEST_SEED"] ?? "2026";
const ROUNDS = Number(process.env["ITERUM_ADVERSARY_ROUNDS"] ?? 10_000);
/** Standard errors by which a mean must keep its distance. */
const ERRORS = 4;

test(`in ${ROUNDS} rounds no adversary gains what its accounts earn honestly`, async (t) => {
  const { findings } = await playAll({ seed: SEED, rounds: ROUNDS });
  t.diagnostic(`seed ${SEED}: ${ROUNDS} rounds of each source, ${adversaries.length} adversaries`);
  const allowed = adversaries.filter(({ isReference }) => !isReference).map(({ name }) => name);
  for (const { source, adversaries: measured } of findings) {
    const bounded = measured.filter(({ name }) => allowed.includes(name));
    assert.equal(bounded.length, allowed.length);
    for (const { name, gain, honest } of bounded) {
      const isReport = name.startsWith("report ");
      const [most, least] = isReport ? [0, gain.mean] : [honest, gain.mean + ERRORS * gain.error];
      assert.ok(least < most, `${source}, ${name}: ${gain.mean} ± ${gain.error}, honest ${honest}`);
    }
  }
});
