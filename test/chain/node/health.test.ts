import assert from "node:assert/strict";
import { test } from "node:test";
import { healthy, type Reading, ready } from "#chain/node/health.ts";

const AGE_MAX_MS = 60_000;
const comet = { height: 10n, blockMs: 1_000_000, isCatchingUp: false, peers: 3 };
const well: Reading = { app: { height: 10n }, comet, nowMs: 1_005_000 };
const reasonsOf = (reading: Reading): string => ready(reading, AGE_MAX_MS).reasons.join("; ");

test("a node with both processes answering and a young block is healthy and ready", () => {
  assert.deepEqual(healthy(well), { holds: true, reasons: [] });
  assert.deepEqual(ready(well, AGE_MAX_MS), { holds: true, reasons: [] });
});

test("a node is healthy as long as both processes answer, whatever the chain does", () => {
  const stalled = { ...well, nowMs: 9_000_000 };
  assert.ok(healthy(stalled).holds);
  assert.ok(healthy({ ...well, comet: { ...comet, isCatchingUp: true } }).holds);
});

test("a process that does not answer is named", () => {
  const { app, ...noApp } = well;
  assert.equal(app?.height, 10n);
  assert.deepEqual(healthy(noApp).reasons, ["the app does not answer"]);
  assert.deepEqual(healthy({ nowMs: 0 }).reasons, ["the app does not answer", "CometBFT does not answer"]);
  assert.match(reasonsOf(noApp), /the app does not answer/);
});

test("a node that catches up, stalls, has no block or whose app lags is not ready", () => {
  assert.match(reasonsOf({ ...well, comet: { ...comet, isCatchingUp: true } }), /catches up .* height 10/);
  assert.match(reasonsOf({ ...well, nowMs: 1_061_000 }), /the last block, 10, is 61 s old/);
  assert.match(reasonsOf({ ...well, app: { height: 0n }, comet: { ...comet, height: 0n } }), /no block yet/);
  assert.match(reasonsOf({ ...well, app: { height: 8n } }), /the app is at height 8, CometBFT at 10/);
});

test("while a block is being run, heights one apart are no reason", () => {
  for (const height of [9n, 11n]) assert.ok(ready({ ...well, app: { height } }, AGE_MAX_MS).holds);
});
