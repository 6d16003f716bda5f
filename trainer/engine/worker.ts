import { parentPort, workerData } from "node:worker_threads";
import { ensureTrainer } from "../error.ts";
import type { TrainedModel, TrainingProgress, TrainingRequest } from "./request.ts";
import { trainingSteps } from "./train.ts";

/** What the worker thread says: progress after each epoch, then the model. */
export type WorkerMessage =
  | { readonly progress: TrainingProgress; readonly model?: undefined }
  | { readonly progress?: undefined; readonly model: TrainedModel };

/** The body of the thread that trainInWorker starts: trains the request in workerData. */
function run(): void {
  ensureTrainer(parentPort !== null, "request", "the worker runs only in a thread of trainInWorker");
  const say = (message: WorkerMessage): void => parentPort?.postMessage(message);
  const steps = trainingSteps(workerData as TrainingRequest);
  for (;;) {
    const step = steps.next();
    say(step.done ? { model: step.value } : { progress: step.value });
    if (step.done) return;
  }
}

run();
