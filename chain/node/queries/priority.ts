import { setPriority } from "node:os";

const NICE = 10;

/**
 * Lets consensus go first where cores are few. On Linux a thread has a priority of its own; elsewhere it is
 * the process's, which stays as it is.
 */
export function lowerPriority(): void {
  if (process.platform !== "linux") return;
  try {
    setPriority(NICE);
  } catch {
    // Where that is forbidden, threads share alike.
  }
}
