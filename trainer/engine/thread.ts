import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { planOf, type TrainedModel, type TrainingProgress, type TrainingRequest } from "./request.ts";
import type { WorkerMessage } from "./worker.ts";

export interface WorkerOptions {
  /** Called on this thread after each epoch. */
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** Ends the thread; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Trains as trainModel does, to the same bytes, on a thread of its own, so that the caller stays responsive.
 * Refuses as planOf does; the thread is gone when the promise settles.
 */
export async function trainInWorker(
  request: TrainingRequest,
  { onProgress, signal }: WorkerOptions = {},
): Promise<TrainedModel> {
  planOf(request);
  signal?.throwIfAborted();
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData: request });
  const stop = (): void => void worker.terminate();
  signal?.addEventListener("abort", stop, { once: true });
  let model: TrainedModel | undefined;
  worker.on("message", (message: WorkerMessage) => {
    if (message.model === undefined) onProgress?.(message.progress);
    else model = message.model;
  });
  try {
    await once(worker, "exit");
  } finally {
    signal?.removeEventListener("abort", stop);
  }
  signal?.throwIfAborted();
  if (model === undefined) throw new Error("the training thread ended without a model");
  return model;
}
