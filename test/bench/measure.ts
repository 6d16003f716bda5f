import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Whether a piece measures once, for a look and for tests, or long enough for a figure to quote. */
export type Effort = "full" | "quick";

/** How often a second `run` runs, over `count` runs one after another. */
export function ratePerSecond(count: number, run: (index: number) => void): number {
  const startMs = performance.now();
  for (let i = 0; i < count; i++) run(i);
  return perSecond(count, performance.now() - startMs);
}

/** What `count` in `ms` milliseconds is in a second. */
export const perSecond = (count: number, ms: number): number => (1000 * count) / ms;

/** The middle one of the times that `runs` runs take, each by itself, in milliseconds. */
export async function medianMs(runs: number, run: () => unknown): Promise<number> {
  const timesMs: number[] = [];
  for (let i = 0; i < runs; i++) {
    const startMs = performance.now();
    await run();
    timesMs.push(performance.now() - startMs);
  }
  return median(timesMs);
}

/** The middle one of several numbers. */
export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] as number;

/** Runs with a new folder that is removed afterwards. */
export async function withFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "iterum-bench-"));
  try {
    return await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
