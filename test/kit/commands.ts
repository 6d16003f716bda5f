import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));

/** A command of the program that runs until it is told to end. */
export interface Running {
  readonly child: ChildProcess;
  /** What it told so far, both streams. */
  told(): string;
  /** Waits until it told something of the kind; rejects when it ends before. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  /** Ends it in order, and waits until it has ended. */
  end(): Promise<void>;
}

/** Waits until it holds; the test's own limit is the only one. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(100);
}

/** Starts `iterum` with these arguments. */
export function startCommand(...args: readonly string[]): Running {
  let told = "";
  const child = spawn(process.execPath, [main, ...args]);
  const closed = once(child, "close");
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      told += text;
    });
  return {
    child,
    told: () => told,
    async until(pattern) {
      for (;;) {
        const match = pattern.exec(told);
        if (match) return match;
        if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${told}`);
        await sleep(50);
      }
    },
    async end() {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      await closed;
    },
  };
}
