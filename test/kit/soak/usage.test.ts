import assert from "node:assert/strict";
import { closeSync, openSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { growthOf } from "./growth.ts";
import type { Sample } from "./soak.ts";
import { median, slopeOf, usageOf } from "./usage.ts";

test("the slope of a line is found, and there is none of one moment or of noise alone", () => {
  const hours = Array.from({ length: 100 }, (_, i) => i / 100);
  const noise = (i: number): number => [3, -1, -3, 1][i % 4] ?? 0;
  const line = hours.map((at, i) => ({ hours: at, value: 7 + 12 * at + noise(i) }));
  assert.ok(Math.abs(slopeOf(line) - 12) < 0.5);
  assert.ok(Math.abs(slopeOf(line.map((point, i) => ({ ...point, value: noise(i) })))) < 0.5);
  assert.equal(slopeOf([{ hours: 1, value: 5 }]), 0);
  assert.equal(slopeOf([]), 0);
  assert.equal(median([9, 1, 5]), 5);
});

test("a process's open file and memory are seen, and an ended process has none", () => {
  const before = usageOf(process.pid);
  const fd = openSync(fileURLToPath(import.meta.url), "r");
  try {
    assert.equal(usageOf(process.pid)?.files, (before?.files ?? 0) + 1);
  } finally {
    closeSync(fd);
  }
  assert.ok(before && before.residentBytes > before.anonymousBytes && before.anonymousBytes > 1e6);
  assert.equal(usageOf(2 ** 22 + 1), undefined);
});

/** Samples of a generation a minute, then of a long last one, whose app leaks. */
function leaking(megabytesPerHour: number, filesPerGeneration: number): Sample[] {
  return Array.from({ length: 1_800 }, (_, i): Sample => {
    const [hours, generation] = [i / 1_800, Math.min(Math.floor(i / 30), 20)];
    const born = (generation * 30) / 1_800;
    const leaked = 1e6 * megabytesPerHour * (hours - born);
    const journalBytes = 4e7 * (hours - born);
    const comet = { residentBytes: 9e7, anonymousBytes: 5e7, files: 30, handles: 30 };
    // A heap that is collected every three minutes.
    const garbage = 5e5 * (i % 90);
    const app = { ...comet, anonymousBytes: 1e8 + leaked + journalBytes + garbage };
    const files = 10 + filesPerGeneration * generation;
    return {
      hours,
      generation,
      ageMs: (hours - born) * 3_600_000,
      app: { ...app, files },
      comet,
      journalBytes,
    };
  });
}

test("a leak is told from a buffer that fills, and files that stay open from one restart to the next", () => {
  const leak = growthOf(leaking(40, 1), "app");
  assert.ok(Math.abs(leak.slopeMbPerHour - 40) < 2);
  assert.deepEqual(leak.files, [13, 27]);
  const sound = growthOf(leaking(0, 0), "app");
  assert.ok(Math.abs(sound.slopeMbPerHour) < 2);
  assert.deepEqual(
    [sound.files, sound.handles],
    [
      [10, 10],
      [30, 30],
    ],
  );
  assert.ok(Math.abs(growthOf(leaking(40, 1), "comet").slopeMbPerHour) < 0.1);
});
