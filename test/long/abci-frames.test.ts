import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test } from "node:test";
import { attackFrames } from "#test/kit/hostile-frames.ts";

const SEED = process.env["ITERUM_TEST_SEED"] ?? String(randomInt(1 << 30));
const FRAMES = 100_000;
/** No input may hang the app so long. */
const HANG_MS = 100;

test(`${FRAMES} broken frames end their own connections alone, and blocks go on`, async (t) => {
  const { broken, answered, echoes } = await attackFrames(SEED, FRAMES);
  const { count, slowestMs, hungMs, busiestMs, idleMs } = echoes;
  t.diagnostic(`seed ${SEED}: ${broken} broken frames, ${answered} wild requests answered`);
  t.diagnostic(`${count} echoes meanwhile: longest wait for one ${slowestMs.toFixed(1)} ms`);
  t.diagnostic(`of which the machine was not busy elsewhere at most ${hungMs.toFixed(1)} ms`);
  t.diagnostic(`most processor time of the app's thread in such a wait ${busiestMs.toFixed(1)} ms`);
  t.diagnostic(`the process that asked was woken up to ${idleMs.toFixed(1)} ms late`);
  assert.equal(broken, FRAMES);
  assert.ok(count > 0);
  assert.ok(busiestMs < HANG_MS, `${busiestMs} ms of work before an echo`);
  assert.ok(hungMs < HANG_MS, `${hungMs} ms before an echo`);
});
