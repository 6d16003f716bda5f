import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { FlatJob } from "./flat/process.ts";
import { type Effort, withFolder } from "./measure.ts";

const PROCESS = fileURLToPath(new URL("./flat/process.ts", import.meta.url));
const SIZES = {
  full: {
    accounts: [10_000, 100_000, 1_000_000],
    job: { senders: 2000, blockTxs: 1000, warmBlocks: 4, blocks: 12 },
  },
  quick: { accounts: [500], job: { senders: 50, blockTxs: 25, warmBlocks: 1, blocks: 3 } },
};

/** What a chain of so many accounts costs. */
export interface SendsFigures {
  readonly accounts: number;
  /** To whom the 2,000 send: each to the next one of them, or to any account. */
  readonly to: "next" | "any";
  readonly cpuMicrosPerTx: number;
  /** Of the process that runs the sends; NaN where the system does not tell. */
  readonly peakMegabytes: number;
}

/** What a step took; NaN where the system does not tell. */
export interface StepFigures {
  readonly ms: number;
  readonly cpuMs: number;
  readonly peakMegabytes: number;
}

/** The figures of each size, and of the largest what else it takes. */
export interface FlatFigures {
  readonly sends: readonly SendsFigures[];
  readonly fill: StepFigures;
  readonly restart: StepFigures;
  readonly snapshot: StepFigures;
  readonly restore: StepFigures;
}

/**
 * The same signed bank sends among ever more accounts, over an app and a store on disk as nodes have them:
 * check, proposal, block and synced write. First each sender pays the next, as in the bench of the chain,
 * then any account, which mostly nobody has read before. At the largest also what it takes from the start of
 * a process to the first query's answer, and a snapshot made and restored. Each step has its own process.
 */
export function benchFlat(effort: Effort): Promise<FlatFigures> {
  const { accounts, job } = SIZES[effort];
  const largest = accounts.at(-1) as number;
  return withFolder(async (folder) => {
    const state = join(folder, "state");
    const run = async <T>(step: string, count: number, to: SendsFigures["to"] = "any"): Promise<T> => {
      const given: FlatJob = { ...job, accounts: count, to };
      const args = [PROCESS, step, state, JSON.stringify(given)];
      const { stdout } = await promisify(execFile)(process.execPath, args);
      return JSON.parse(stdout) as T;
    };
    const step = (name: string): Promise<StepFigures> => run(name, largest);
    const sends: SendsFigures[] = [];
    const measured = async (count: number): Promise<StepFigures> => {
      const fill = await run<StepFigures>("fill", count);
      for (const to of ["next", "any"] as const) {
        const figures = await run<Pick<SendsFigures, "cpuMicrosPerTx" | "peakMegabytes">>("sends", count, to);
        sends.push({ accounts: count, to, ...figures });
      }
      return fill;
    };
    for (const count of accounts.slice(0, -1)) {
      await measured(count);
      await rm(state, { recursive: true });
    }
    const fill = await measured(largest);
    const [restart, snapshot] = [await step("restart"), await step("snapshot")];
    return { sends, fill, restart, snapshot, restore: await step("restore") };
  });
}
