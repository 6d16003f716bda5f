import { fork } from "node:child_process";
import { once } from "node:events";
import { setPriority } from "node:os";
import { fileURLToPath } from "node:url";
import { hostileLoad, idleLoad, type Load, type LoadReport } from "./hostile-load.ts";

/** Hostile queries, or as many requests that never come to the app. */
export type FloodKind = "queries" | "idle";

/** Hostile queries from a process of its own, which leaves the processors to everybody else first. */
export interface QueryFlood {
  start(kind: FloodKind): void;
  /** Ends what `start` began, once everything is answered. */
  pause(): Promise<LoadReport>;
  close(): Promise<void>;
}

const LOWEST_PRIORITY = 19;

interface Choice {
  readonly rpcUrl: string;
  readonly perSecond: number;
  readonly seed: string;
}

/** Makes the process ready. */
export async function queryFlood(choice: Choice): Promise<QueryFlood> {
  const child = fork(fileURLToPath(import.meta.url), ["--flood", JSON.stringify(choice)]);
  await once(child, "message");
  return {
    start: (kind) => void child.send(kind),
    async pause() {
      child.send("pause");
      const [report] = (await once(child, "message")) as [LoadReport];
      return report;
    },
    async close() {
      child.disconnect();
      await once(child, "exit");
    },
  };
}

function serve({ rpcUrl, perSecond, seed }: Choice): void {
  setPriority(LOWEST_PRIORITY);
  let load: Load | undefined;
  let count = 0;
  process.on("message", async (word: FloodKind | "pause") => {
    if (word === "pause") process.send?.(await load?.stop());
    else if (word === "idle") load = idleLoad(rpcUrl, perSecond);
    else load = hostileLoad(rpcUrl, perSecond, `${seed} ${count++}`);
  });
  process.send?.("ready");
}

const [, , name, choice] = process.argv;
if (name === "--flood" && choice !== undefined && process.send) serve(JSON.parse(choice) as Choice);
