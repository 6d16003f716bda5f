import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ProverError, type ProverErrorCode } from "#prover/errors.ts";
import { type JobContext, JobQueue } from "#prover/jobs.ts";

const refusedWith = (code: ProverErrorCode) => (error: unknown) =>
  error instanceof ProverError && error.code === code;

/** A job that runs until `end` is called or its signal fires. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<void>();
  const run = async ({ signal }: JobContext) => {
    const stopped = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(new ProverError("canceled", "canceled")));
    });
    await Promise.race([promise, stopped]);
    return "through";
  };
  return { run, end: resolve };
}

test("urgent jobs go first, equals in order of arrival, one at a time", async () => {
  const queue = new JobQueue();
  const order: string[] = [];
  let running = 0;
  const job = (label: string) => async () => {
    assert.equal(++running, 1);
    order.push(label);
    await sleep(1);
    running--;
  };
  const views = [
    queue.submit("template", "ann", job("template")),
    queue.submit("predict", "ann", job("predict 1")),
    queue.submit("predict", "ann", job("predict 2")),
    queue.submit("prove", "ann", job("prove")),
  ];
  await Promise.all(views.map(({ jobId }) => queue.wait(jobId, "ann")));
  assert.deepEqual(order, ["prove", "predict 1", "predict 2", "template"]);
});

test("a waiting job that is canceled never runs", async () => {
  const queue = new JobQueue();
  const first = gate();
  queue.submit("prove", "ann", first.run);
  let ran = false;
  const { jobId } = queue.submit("prove", "ann", async () => {
    ran = true;
  });
  await sleep(1);
  assert.equal(queue.cancel(jobId, "ann").status, "canceled");
  first.end();
  await sleep(1);
  assert.equal(ran, false);
  assert.equal((await queue.wait(jobId, "ann")).error?.code, "canceled");
});

test("a running job that is canceled is told so, and the next one runs", async () => {
  const queue = new JobQueue();
  const { jobId } = queue.submit("prove", "ann", gate().run);
  const next = queue.submit("prove", "ann", async () => 7);
  await sleep(1);
  assert.equal(queue.get(jobId, "ann").status, "running");
  queue.cancel(jobId, "ann");
  assert.equal((await queue.wait(jobId, "ann")).status, "canceled");
  assert.equal((await queue.wait(next.jobId, "ann")).result, 7);
});

test("the line and each client's share of it are bounded", async () => {
  const queue = new JobQueue({ limits: { queueMax: 3, perClientMax: 2 } });
  const first = gate();
  queue.submit("prove", "ann", first.run);
  await sleep(1);
  queue.submit("prove", "ann", first.run);
  assert.throws(() => queue.submit("prove", "ann", first.run), refusedWith("quota_exceeded"));
  queue.submit("prove", "bob", first.run);
  queue.submit("prove", "cid", first.run);
  assert.throws(() => queue.submit("prove", "dan", first.run), refusedWith("busy"));
  await queue.close();
  assert.throws(() => queue.submit("prove", "eve", first.run), refusedWith("busy"));
});

test("ended jobs are forgotten from the oldest on, each client's for itself", async () => {
  const queue = new JobQueue({ limits: { endedMax: 2 } });
  const kept = queue.submit("prove", "bob", async () => 0);
  const views = [1, 2, 3].map((value) => queue.submit("prove", "ann", async () => value));
  await queue.wait((views[2] as { jobId: string }).jobId, "ann");
  assert.throws(() => queue.get((views[0] as { jobId: string }).jobId, "ann"), refusedWith("unknown_job"));
  assert.equal(queue.get(kept.jobId, "bob").status, "done");
});

test("a client cannot see or cancel another's job", async () => {
  const queue = new JobQueue();
  const { jobId } = queue.submit("prove", "ann", async () => 1);
  assert.throws(() => queue.get(jobId, "bob"), refusedWith("unknown_job"));
  assert.throws(() => queue.cancel(jobId, "bob"), refusedWith("unknown_job"));
  await queue.wait(jobId, "ann");
});

test("watchers hear of every change up to the end; failures keep their code", async () => {
  const queue = new JobQueue();
  const { jobId } = queue.submit("prove", "ann", async ({ progress }) => {
    progress("witness", 0, 2);
    progress("prove", 1, 2);
    throw new ProverError("proof_invalid", "no");
  });
  const heard: string[] = [];
  queue.watch(jobId, "ann", ({ status, progress }) => heard.push(`${status} ${progress.step}`));
  const { error } = await queue.wait(jobId, "ann");
  assert.equal(error?.code, "proof_invalid");
  assert.deepEqual(heard, ["running queued", "running witness", "running prove", "failed prove"]);
});
