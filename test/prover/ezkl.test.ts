import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ProverError, type ProverErrorCode } from "#prover/errors.ts";
import { EzklWorker, ezklVersion, type WorkerLimits } from "#prover/ezkl.ts";
import { newHome, python } from "./kit.ts";

const failsWith = (code: ProverErrorCode) => (error: unknown) =>
  error instanceof ProverError && error.code === code;

let root = "";
let remove = async () => {};
before(async () => {
  ({ home: root, remove } = await newHome());
});
after(() => remove());

async function withWorker(limits: Partial<WorkerLimits>, run: (worker: EzklWorker) => Promise<void>) {
  const worker = new EzklWorker({ python, root, limits });
  try {
    await run(worker);
  } finally {
    await worker.close();
  }
}

test("one process answers many calls, in call order", () =>
  withWorker({}, async (worker) => {
    const calls = ["01", "02", "03"].map((byte) =>
      worker.call("poseidon", { message: [byte.padEnd(64, "0")] }),
    );
    const digests = (await Promise.all(calls)).map(({ result }) => result.digest);
    assert.equal(new Set(digests).size, 3);
    assert.equal(worker.health.starts, 1);
    assert.equal((await worker.call("version", {})).result.ezkl, ezklVersion);
  }));

test("a worker killed in the middle of a call is started again and the call succeeds", () =>
  withWorker({}, async (worker) => {
    await worker.call("version", {});
    const first = worker.pid as number;
    const call = worker.call("gen_srs", { srs: "killed.srs", logrows: 14 });
    await sleep(20);
    process.kill(first, "SIGKILL");
    await call;
    assert.ok(existsSync(join(root, "killed.srs")));
    assert.notEqual(worker.pid, first);
    assert.deepEqual([worker.health.starts, worker.health.failures], [2, 0]);
  }));

test("a call that loses its worker as often as allowed fails, and the next one works", () =>
  withWorker({ attempts: 1 }, async (worker) => {
    await worker.call("version", {});
    const call = worker.call("gen_srs", { srs: "lost.srs", logrows: 16 });
    await sleep(20);
    process.kill(worker.pid as number, "SIGKILL");
    await assert.rejects(call, failsWith("worker_crashed"));
    assert.equal(worker.health.failures, 1);
    await worker.call("version", {});
    assert.equal(worker.health.failures, 0);
  }));

test("a call beyond its time ends its worker; the next one works", () =>
  withWorker({ timeoutMs: 2_000 }, async (worker) => {
    await worker.call("version", {});
    await assert.rejects(worker.call("gen_srs", { srs: "slow.srs", logrows: 20 }), failsWith("timeout"));
    await worker.call("version", {});
  }));

test("a call beyond its memory ends its worker; the next one works", () =>
  withWorker({ rssBytesMax: 100 << 20 }, async (worker) => {
    await assert.rejects(worker.call("gen_srs", { srs: "big.srs", logrows: 20 }), failsWith("memory_limit"));
    await worker.call("version", {});
  }));

test("a canceled call ends its worker without counting as a failure", () =>
  withWorker({}, async (worker) => {
    await worker.call("version", {});
    const stop = new AbortController();
    const call = worker.call("gen_srs", { srs: "stopped.srs", logrows: 20 }, stop.signal);
    await sleep(20);
    stop.abort();
    await assert.rejects(call, failsWith("canceled"));
    assert.equal(worker.health.failures, 0);
    await worker.call("version", {});
  }));

test("paths outside the home, through links too, are refused", () =>
  withWorker({}, async (worker) => {
    await symlink(tmpdir(), join(root, "link"));
    for (const srs of ["../outside.srs", join(tmpdir(), "outside.srs"), "link/outside.srs", ""])
      await assert.rejects(worker.call("gen_srs", { srs, logrows: 4 }), failsWith("invalid_request"));
  }));

test("what EZKL refuses, panics included, is an error and not the end of the worker", () =>
  withWorker({}, async (worker) => {
    await writeFile(join(root, "junk"), "junk");
    const settings = "junk.json";
    await assert.rejects(
      worker.call("compile", { onnx: "junk", circuit: "junk.ezkl", settings }),
      failsWith("ezkl_failed"),
    );
    const unsized = { onnx: "junk", settings, inputScale: 0, paramScale: 13, logrows: 12 };
    await assert.rejects(
      worker.call("settings", { ...unsized, ignoreRangeChecks: false }),
      failsWith("ezkl_failed"),
    );
    assert.equal(worker.health.starts, 1);
  }));

test("without Python, or without EZKL, every call says so", async () => {
  for (const missing of [join(root, "no-python"), "/usr/bin/false"]) {
    const worker = new EzklWorker({ python: missing, root });
    await assert.rejects(worker.call("version", {}), failsWith("worker_unavailable"));
    await worker.close();
  }
});
