import { type ChildProcess, execFile } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** How a process ended: its exit code, or the signal that killed it. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * Resolves when the process has ended and all that it printed is read, at once when it has ended already;
 * rejects when it cannot be started.
 */
export function exitOf(child: ChildProcess): Promise<Exit> {
  if (child.exitCode !== null || child.signalCode !== null)
    return Promise.resolve({ code: child.exitCode, signal: child.signalCode });
  return new Promise((resolve, reject) => {
    child.once("close", (code, signal) => resolve({ code, signal }));
    child.once("error", reject);
  });
}

/** Asks the process to end, and kills it when it has not after `graceMs`. */
export async function stopProcess(
  child: ChildProcess,
  exited: Promise<Exit>,
  graceMs: number,
): Promise<Exit> {
  child.kill("SIGTERM");
  const timer = new AbortController();
  const kill = sleep(graceMs, undefined, { signal: timer.signal }).then(
    () => child.kill("SIGKILL"),
    () => false,
  );
  const exit = await exited;
  timer.abort();
  await kill;
  return exit;
}

/** Runs a program to its end and returns what it printed; rejects with what it complained about. */
export function runProgram(file: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(file, args, { env, timeout: 60_000 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else
        reject(new Error(`${file} ${args[0] ?? ""} failed: ${stderr.trim().slice(-2000) || error.message}`));
    });
  });
}

/** A TCP port of the loopback interface that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = address !== null && typeof address === "object" ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
