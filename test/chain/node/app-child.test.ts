import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { endSoon } from "#chain/node/app-child.ts";
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
