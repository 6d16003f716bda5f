import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { attackFrames } from "#test/kit/hostile-frames.ts";

const SEED = process.env["ITERUM_TEST_SEED"] ?? String(randomInt(1 << 30));
const FRAMES = 100_000;
/** No input may hang the app so long. */
const HANG_MS = 100;

test(`${FRAMES} broken frames end their own connections alone, and blocks go on`, async (t) => {
  const { broken, answered, slowestMs, busiestMs } = await attackFrames(SEED, FRAMES);
  t.diagnostic(`seed ${SEED}: ${broken} broken frames, ${answered} wild requests answered`);
  t.diagnostic(`longest wait of another connection for an echo ${slowestMs.toFixed(1)} ms`);
  t.diagnostic(`most processor time that the app took in such a wait ${busiestMs} ms`);
  assert.equal(broken, FRAMES);
  assert.ok(busiestMs < HANG_MS);
});
