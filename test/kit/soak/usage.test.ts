import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { growthOf } from "./growth.ts";
import { appProbe } from "./heaps.ts";
import type { Sample } from "./soak.ts";
import { mainThreadTimes, median, slopeOf, usageOf } from "./usage.ts";

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

test("a thread's work is told from its sleep", async () => {
  const before = mainThreadTimes(process.pid);
  for (const endsMs = process.cpuUsage().user / 1_000 + 30; process.cpuUsage().user / 1_000 < endsMs; );
  const worked = mainThreadTimes(process.pid);
  await sleep(200);
  const slept = mainThreadTimes(process.pid);
  assert.ok(worked.ranMs - before.ranMs > 15);
  assert.ok(slept.ranMs - worked.ranMs < worked.ranMs - before.ranMs);
});

const NOTHING = { threadId: 0, bufferBytes: 0 };

/** Samples of a generation a minute, then of a long last one, whose app leaks in a worker. */
function leaking(megabytesPerHour: number, filesPerGeneration: number): Sample[] {
  return Array.from({ length: 1_800 }, (_, i): Sample => {
    const [hours, generation] = [i / 1_800, Math.min(Math.floor(i / 30), 20)];
    const age = hours - (generation * 30) / 1_800;
    const main = { ...NOTHING, name: "main", usedBytes: 2e7 + 1e6 * (i % 7), externalBytes: 1e6 };
    const worker = {
      ...NOTHING,
      name: "worker",
      usedBytes: 9e6,
      externalBytes: 1e6 * megabytesPerHour * age,
    };
    const comet = { residentBytes: 9e7, anonymousBytes: 5e7, files: 30, handles: 30 };
    // Resident memory is no measure: it grows until it is collected, and stays.
    const app = { ...comet, anonymousBytes: 1e8 + 1e9 * age, files: 10 + filesPerGeneration * generation };
    const live = i % 10 === 4 ? { app: [main, worker], comet: 4e7 } : undefined;
    return { hours, generation, ageMs: age * 3_600_000, app, comet, journalBytes: 0, ...(live && { live }) };
  });
}

test("a leak is told from memory that is not collected yet, and files that stay open across restarts", () => {
  const leak = growthOf(leaking(40, 1), "app");
  assert.ok(Math.abs(leak.slopeMbPerHour - 40) < 4);
  assert.ok(Math.abs((leak.threads["worker"] ?? 0) - 40) < 0.1);
  assert.ok(Math.abs(leak.threads["main"] ?? 40) < 4);
  assert.deepEqual(leak.files, [13, 27]);
  const sound = growthOf(leaking(0, 0), "app");
  assert.ok(Math.abs(sound.slopeMbPerHour) < 4);
  assert.deepEqual(
    [sound.files, sound.handles],
    [
      [10, 10],
      [30, 30],
    ],
  );
  assert.equal(growthOf(leaking(40, 1), "comet").slopeMbPerHour, 0);
});

/** A program whose worker holds so many megabytes, and makes ten times as much that nobody holds. */
const holder = (file: string, megabytes: number): string =>
  `import { isMainThread, Worker } from "node:worker_threads";
  const some = (count) => Array.from({ length: count }, () => new Uint8Array(1e6).fill(1));
  if (isMainThread) new Worker(${JSON.stringify(file)}).once("message", (word) => process.send(word));
  else {
    globalThis.held = some(${megabytes});
    some(${10 * megabytes});
    const { parentPort } = await import("node:worker_threads");
    parentPort.postMessage("ready");
    setInterval(() => undefined, 1_000);
  }`;

test("what each thread of a process still holds is seen after a collection", async () => {
  const folder = await mkdtemp(join(tmpdir(), "iterum-heaps-"));
  const file = join(folder, "holder.mjs");
  const probe = appProbe(folder);
  await writeFile(file, holder(file, 30));
  const child = fork(file, { execArgv: [...probe.flags], env: { ...process.env, ...probe.env } });
  try {
    await once(child, "message");
    const heaps = (await probe.read()) ?? [];
    assert.equal(heaps.length, 2);
    const [main, worker] = heaps;
    assert.equal(main?.name, "main");
    assert.ok(main.usedBytes > 1e6 && main.bufferBytes < 5e6);
    assert.ok(worker && worker.bufferBytes >= 30e6 && worker.bufferBytes < 40e6, `${worker?.bufferBytes}`);
    assert.ok(worker.externalBytes >= worker.bufferBytes);
  } finally {
    child.kill("SIGKILL");
    await once(child, "exit");
    await rm(folder, { recursive: true, force: true });
  }
});
