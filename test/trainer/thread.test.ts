import assert from "node:assert/strict";
import { test } from "node:test";
import { trainInWorker } from "#trainer/engine/thread.ts";
import { trainModel } from "#trainer/engine/train.ts";
import { threeClasses } from "./kit.ts";

const data = threeClasses("thread", 200);
const request = { architecture: "mlp-2-4-k3", data, seed: "s", epochs: 12 };

test("a thread gives the model that training here gives, and tells its progress", async () => {
  const epochs: number[] = [];
  const model = await trainInWorker(request, { onProgress: ({ epoch }) => void epochs.push(epoch) });
  assert.deepEqual(model, trainModel(request));
  assert.deepEqual(
    epochs,
    Array.from({ length: 12 }, (_, i) => i + 1),
  );
});

test("the caller runs on while the thread trains", async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  try {
    await trainInWorker({ ...request, epochs: 500 });
  } finally {
    clearInterval(timer);
  }
  assert.ok(turns > 10, `${turns} turns`);
});

test("an abort ends the thread and rejects with its reason", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const long = { ...request, epochs: 10_000 };
  let last = 0;
  const run = trainInWorker(long, {
    signal: controller.signal,
    onProgress: ({ epoch }) => {
      last = epoch;
      controller.abort(reason);
    },
  });
  await assert.rejects(run, reason);
  assert.ok(last < 10_000);
  await assert.rejects(trainInWorker(request, { signal: controller.signal }), reason);
});

test("a bad request is refused with its typed error before a thread starts", async () => {
  const refusal = { name: "TrainerError", code: "request" };
  await assert.rejects(trainInWorker({ ...request, epochs: 0 }), refusal);
});
