// Loaded into every process of a test file: ends one that hangs, even in an endless loop, so that the run
// fails instead of waiting for ever. The time is in the environment: TEST_FILE_TIMEOUT_MS.
import { writeSync } from "node:fs";
import { isMainThread, Worker, workerData } from "node:worker_threads";

const timeoutMs = Number(process.env["TEST_FILE_TIMEOUT_MS"] ?? 0);

const role = "watchdog";

// The threads that a test starts load this file too; they are none of its business.
if (!isMainThread && workerData === role) {
  setTimeout(() => {
    writeSync(2, `✖ ended: still running after ${timeoutMs / 1000} s\n`);
    process.kill(process.pid, "SIGKILL");
  }, timeoutMs);
} else if (isMainThread && timeoutMs > 0 && process.env["NODE_TEST_CONTEXT"] !== undefined) {
  new Worker(new URL(import.meta.url), { execArgv: [], workerData: role }).unref();
}
