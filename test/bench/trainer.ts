import { trainingSteps } from "#trainer/engine/train.ts";
import { shuffledSms, tensorsOf } from "../trainer/kit.ts";
import { type Effort, median } from "./measure.ts";

const SIZES = { full: { rows: 5000, epochs: 5 }, quick: { rows: 1000, epochs: 3 } };

/** How long one pass of training over SMS takes on one thread: 1,024 hash buckets, mlp-1024-64. */
export async function benchTrainer(effort: Effort): Promise<{
  readonly epochMs: number;
  readonly rowsPerSecond: number;
}> {
  const { rows: count, epochs } = SIZES[effort];
  const { rows } = await shuffledSms("bench");
  const data = tensorsOf({ kind: "hash/1", buckets: 1024 }, { rows: rows.slice(0, count) });
  const request = { architecture: "mlp-1024-64", data, seed: "bench", batchSize: 32, epochs };
  const epochsMs: number[] = [];
  let startMs = performance.now();
  for (const _ of trainingSteps(request)) {
    epochsMs.push(performance.now() - startMs);
    startMs = performance.now();
  }
  // The first epoch also makes the rows sparse and warms the compiler; the median leaves it out.
  const epochMs = median(epochsMs);
  return { epochMs, rowsPerSecond: (1000 * count) / epochMs };
}
