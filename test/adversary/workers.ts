import { Worker } from "node:worker_threads";
import type { Findings, Sharpening } from "./measure.ts";
import type { Report } from "./report.ts";
import type { SourceName } from "./sources.ts";

/** What is asked for. */
export interface Wanted {
  readonly seed: string;
  /** Of each source. */
  readonly rounds: number;
  readonly only?: string;
}

/** What one thread plays. */
export interface Task extends Wanted {
  readonly source: SourceName;
  readonly isSharpeningOnly: boolean;
}

/** What a thread knows so far of one thing or the other. */
export interface Answer {
  readonly findings?: Findings;
  readonly sharpening?: Sharpening;
}

const PLAYED: readonly Pick<Task, "source" | "isSharpeningOnly">[] = [
  { source: "synthetic", isSharpeningOnly: false },
  { source: "SMS", isSharpeningOnly: false },
  { source: "synthetic, knowledge apart", isSharpeningOnly: true },
];

/**
 * Plays all sources at once, each in a thread of its own; the seed alone says what comes out. `onNews` gets
 * what is known after every few hundred rounds.
 */
export async function playAll(
  wanted: Wanted,
  onNews: (known: Report) => void = () => undefined,
): Promise<Report> {
  const answers: Answer[] = PLAYED.map(() => ({}));
  const known = (): Report => ({
    seed: wanted.seed,
    findings: answers.flatMap(({ findings }) => findings ?? []),
    sharpened: answers.flatMap(({ sharpening }) => sharpening ?? []),
  });
  const inThread = (task: Task, at: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData: task });
      worker.on("message", (answer: Answer) => {
        answers[at] = { ...answers[at], ...answer };
        onNews(known());
      });
      worker.once("error", reject);
      worker.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`a thread ended: ${code}`))));
    });
  await Promise.all(PLAYED.map((part, at) => inThread({ ...wanted, ...part }, at)));
  return known();
}
