import { readdirSync, readFileSync } from "node:fs";

const PAGE_BYTES = 4096;
const SAMPLE_MS = 1_000;

interface ProcessLine {
  readonly pid: number;
  readonly parent: number;
}

/**
 * Number and parent of a process; undefined when it has just ended. Its name may hold spaces and brackets.
 */
function readProcess(pid: number): ProcessLine | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { pid, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

/** This process and all that descend from it. */
function family(root: number): number[] {
  const processes = readdirSync("/proc")
    .filter((name) => /^[0-9]+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? []);
  const children = Map.groupBy(processes, ({ parent }) => parent);
  const found = [root];
  for (let i = 0; i < found.length; i++)
    for (const { pid } of children.get(found[i] as number) ?? []) found.push(pid);
  return found;
}

/** Resident bytes of a process; 0 when it has just ended. */
function residentBytes(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]) * PAGE_BYTES;
  } catch {
    return 0;
  }
}

/** Watches how much memory this process and its descendants use together. */
export interface MemoryWatch {
  /** Greatest sum of resident bytes so far (pages that two share count twice); undefined without /proc. */
  peakBytes(): number | undefined;
  stop(): void;
}

/** Samples once a second where the system tells, which is Linux. */
export function watchMemory(): MemoryWatch {
  if (process.platform !== "linux") return { peakBytes: () => undefined, stop: () => undefined };
  let peak = 0;
  const sample = (): void => {
    peak = Math.max(
      peak,
      family(process.pid).reduce((sum, pid) => sum + residentBytes(pid), 0),
    );
  };
  sample();
  const timer = setInterval(sample, SAMPLE_MS);
  timer.unref();
  return { peakBytes: () => peak, stop: () => clearInterval(timer) };
}
