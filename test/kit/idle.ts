import { fork } from "node:child_process";
import { once } from "node:events";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { fileURLToPath } from "node:url";

/** A process that does nothing but look how late it is woken: what a busy machine does to anybody. */
export interface IdleProcess {
  /** Ends it and gives the longest delay that it met, milliseconds. */
  stop(): Promise<number>;
}

const NAME = "--measure-delay";
const EVERY_MS = 5;

/** Starts one. */
export async function startIdleProcess(): Promise<IdleProcess> {
  const child = fork(fileURLToPath(import.meta.url), [NAME]);
  await once(child, "message");
  return {
    async stop() {
      child.send("stop");
      const [longestMs] = (await once(child, "message")) as [number];
      await once(child, "exit");
      return longestMs;
    },
  };
}

if (process.argv[2] === NAME && process.send) {
  const delays = monitorEventLoopDelay({ resolution: EVERY_MS });
  delays.enable();
  process.once("message", () => {
    process.send?.(delays.max / 1e6 - EVERY_MS);
    process.disconnect();
    delays.disable();
  });
  process.send("ready");
}
