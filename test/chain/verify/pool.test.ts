import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { WorkerPool } from "#chain/verify/pool.ts";
import { VerifierFailure } from "#chain/verify/types.ts";
import type { MortalAnswer, MortalJob } from "./mortal-worker.ts";

const open: WorkerPool<MortalJob, MortalAnswer>[] = [];
afterEach(() => Promise.all(open.splice(0).map((pool) => pool.close())));

function newPool(threads: number, timeoutMs = 60_000, startMs = 0): WorkerPool<MortalJob, MortalAnswer> {
  const pool = new WorkerPool<MortalJob, MortalAnswer>({
    entry: new URL("./mortal-worker.ts", import.meta.url),
    threads,
    timeoutMs,
    startMs,
    resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 8 },
  });
  open.push(pool);
  return pool;
}

const deaths = (count: number): Int32Array<SharedArrayBuffer> => {
  const counter = new Int32Array(new SharedArrayBuffer(4));
  counter[0] = count;
  return counter;
};

test("jobs are shared out among the threads and all are answered", async () => {
  const pool = newPool(2);
  const answers = await Promise.all(Array.from({ length: 20 }, () => pool.run({ deaths: deaths(0) })));
  assert.equal(new Set(answers.map((answer) => answer.threadId)).size, 2);
  assert.equal(pool.threadIds.length, 2);
});

for (const end of ["throw", "exit", "heap"] as const)
  test(`a thread that ends by ${end} is replaced and its job answered by another`, async () => {
    const pool = newPool(1);
    const first = await pool.run({ deaths: deaths(0) });
    const second = await pool.run({ end, deaths: deaths(1) });
    assert.notEqual(second.threadId, first.threadId);
    assert.deepEqual(pool.threadIds, [second.threadId]);
  });

test("a thread that does not answer in time is ended and its job answered by another", async () => {
  const pool = newPool(1, 3000);
  const first = await pool.run({ deaths: deaths(0) });
  const second = await pool.run({ end: "hang", deaths: deaths(1) });
  assert.notEqual(second.threadId, first.threadId);
});

test("a thread's first answer may also take the time that the thread needs to start", async () => {
  const pool = newPool(1, 1, 60_000);
  const { threadId } = await pool.run({ deaths: deaths(0) });
  assert.deepEqual(pool.threadIds, [threadId]);
});

test("a job at which two threads die is given up with a failure, and the next is answered", async () => {
  const pool = newPool(1);
  await assert.rejects(pool.run({ end: "throw", deaths: deaths(2) }), (error) => {
    assert.ok(error instanceof VerifierFailure);
    assert.match(String(error.cause), /thrown in the thread/);
    return true;
  });
  const answer = await pool.run({ deaths: deaths(0) });
  assert.deepEqual(pool.threadIds, [answer.threadId]);
});

test("one thread's death does not disturb the others' jobs", async () => {
  const pool = newPool(2);
  const dying = pool.run({ end: "exit", deaths: deaths(1) });
  const others = Array.from({ length: 10 }, () => pool.run({ deaths: deaths(0) }));
  assert.equal((await Promise.all([dying, ...others])).length, 11);
});

test("closing rejects what waits and leaves no thread", async () => {
  const pool = newPool(1);
  const waiting = [pool.run({ end: "hang", deaths: deaths(9) }), pool.run({ deaths: deaths(0) })];
  const outcomes = Promise.allSettled(waiting);
  await pool.close();
  assert.deepEqual(
    (await outcomes).map(
      (outcome) => outcome.status === "rejected" && outcome.reason instanceof VerifierFailure,
    ),
    [true, true],
  );
  assert.deepEqual(pool.threadIds, []);
  await assert.rejects(pool.run({ deaths: deaths(0) }), VerifierFailure);
});
