import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { attackFrames } from "#test/kit/hostile-frames.ts";

const SEED = process.env["ITERUM_TEST_SEED"] ?? String(randomInt(1 << 30));
const FRAMES = 100_000;
/** No input may hang the app so long. */
const HANG_MS = 100;

test(`${FRAMES} broken frames end their own connections alone, and blocks go on`, async (t) => {
  const { broken, answered, slowestMs, hungMs, busiestMs, idleMs } = await attackFrames(SEED, FRAMES);
  t.diagnostic(`seed ${SEED}: ${broken} broken frames, ${answered} wild requests answered`);
  t.diagnostic(`longest wait of another connection for an echo ${slowestMs.toFixed(1)} ms`);
  t.diagnostic(`of which the machine was not busy elsewhere at most ${hungMs.toFixed(1)} ms`);
  t.diagnostic(`most processor time of the app's thread in such a wait ${busiestMs.toFixed(1)} ms`);
  t.diagnostic(`an idle process was woken up to ${idleMs.toFixed(1)} ms late meanwhile`);
  assert.equal(broken, FRAMES);
  assert.ok(busiestMs < HANG_MS, `${busiestMs} ms of work before an echo`);
  assert.ok(hungMs < HANG_MS, `${hungMs} ms before an echo`);
});
