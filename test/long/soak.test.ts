import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";
import { type Growth, growthLines, growthOf } from "#test/kit/soak/growth.ts";
import { expectSound, playOf, soakLines } from "#test/kit/soak/judge.ts";
import { soak } from "#test/kit/soak/soak.ts";

const SEED = process.env["ITERUM_TEST_SEED"] ?? String(randomInt(1 << 30));
const MINUTES = Number(process.env["ITERUM_SOAK_MINUTES"] ?? 60);
/** Where the report goes, with every sample, as JSON. */
const REPORT = process.env["ITERUM_SOAK_REPORT"];
const MINUTE_MS = 60_000;
/** A shorter soak has too few samples to tell a leak from caches that fill. */
const SLOPE_MINUTES_MIN = 40;
/** Growth of what lives that is not yet a leak, MB an hour. */
const SLOPE_MAX = 20;
/** Descriptors by which the starts of the last restarts may exceed those of the first. */
const DESCRIPTORS_MAX = 16;

function expectFlat(growth: Growth): void {
  assert.ok(growth.slopeMbPerHour < SLOPE_MAX, `memory grows by ${growth.slopeMbPerHour} MB/h`);
  expectClosed(growth);
}

function expectClosed(growth: Growth): void {
  for (const [first, last] of [growth.files, growth.handles])
    assert.ok(last <= first + DESCRIPTORS_MAX, `${first} descriptors became ${last}`);
}

test(`a node under mixed load for ${MINUTES} minutes survives kills and grows no more`, async (t) => {
  const spans = { killingMs: 0.4 * MINUTES * MINUTE_MS, quietMs: 0.6 * MINUTES * MINUTE_MS };
  const report = await soak({ seed: SEED, ...spans, pauseMinMs: 5_000, pauseMaxMs: 30_000 });
  const plain = (_: string, value: unknown): unknown => (typeof value === "bigint" ? `${value}` : value);
  if (REPORT) await writeFile(REPORT, JSON.stringify(report, plain));
  const [app, comet] = [growthOf(report.samples, "app"), growthOf(report.samples, "comet")];
  for (const line of soakLines(SEED, report)) t.diagnostic(line);
  for (const line of [...growthLines("app", app), ...growthLines("CometBFT", comet)]) t.diagnostic(line);
  expectSound(report);
  // Operators whose proof is false wait for it in vain and go on; they miss rounds, not the game.
  const { rounds, orders } = playOf(report);
  assert.ok(orders >= rounds / 2, `${orders} orders in ${rounds} rounds`);
  if (MINUTES < SLOPE_MINUTES_MIN) return;
  // What CometBFT keeps in its caches is not ours to bound; it is printed, and its descriptors must stay.
  expectFlat(app);
  expectClosed(comet);
});
