import { trainingSteps } from "#trainer/engine/train.ts";
import { shuffledSms, tensorsOf } from "../trainer/kit.ts";

const ROWS = 5000;
const EPOCHS = 5;

/** How long one pass of training over 5,000 SMS takes on one thread: 1,024 hash buckets, mlp-1024-64. */
export async function benchTrainer(): Promise<{ readonly epochMs: number; readonly rows: number }> {
  const { rows } = await shuffledSms("bench");
  const data = tensorsOf({ kind: "hash/1", buckets: 1024 }, { rows: rows.slice(0, ROWS) });
  const request = { architecture: "mlp-1024-64", data, seed: "bench", batchSize: 32, epochs: EPOCHS };
  const epochsMs: number[] = [];
  let start = performance.now();
  for (const _ of trainingSteps(request)) {
    epochsMs.push(performance.now() - start);
    start = performance.now();
  }
  // The first epoch also makes the rows sparse and warms the compiler; the median leaves it out.
  const epochMs = Math.round(epochsMs.sort((a, b) => a - b)[EPOCHS >> 1] as number);
  return { epochMs, rows: ROWS };
}
