import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { endSoon } from "#chain/node/app-child.ts";
import { noteChild } from "#chain/node/pid.ts";
import { exitOf } from "#chain/node/process.ts";

/** A process that runs until it is killed. */
function idle() {
  const child = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"], { stdio: "ignore" });
  return { child, exited: exitOf(child) };
}

function starve(durationMs: number): void {
  const endsMs = performance.now() + durationMs;
  while (performance.now() < endsMs);
}

test("the end of a process is seen though this one was starved for longer than it waits", async () => {
  const { child, exited } = idle();
  const end = endSoon({ exited });
  child.kill("SIGKILL");
  starve(1_500);
  assert.deepEqual(await end, { code: null, signal: "SIGKILL" });
});

test("a process that goes on has no end", async () => {
  const { child, exited } = idle();
  try {
    assert.equal(await endSoon({ exited }), undefined);
  } finally {
    child.kill("SIGKILL");
    await exited;
  }
});

test("a process that cannot be noted is ended", async () => {
  const { child, exited } = idle();
  const noPlace = join(tmpdir(), `iterum-none-${process.pid}`, "app.pid");
  await assert.rejects(noteChild(noPlace, child, exited), { code: "ENOENT" });
  assert.notEqual(child.signalCode, null);
});
