import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/** What a process has used since it began. */
export interface Usage {
  /** User and system time of all its threads. */
  readonly cpuMicros: number;
  /** Most memory that was resident at once. */
  readonly peakMegabytes: number;
}

/** Usage of a running process; undefined where the system has no /proc. */
export function usageOf(pid: number): Usage | undefined {
  if (!existsSync(`/proc/${pid}/stat`)) return undefined;
  // The name in parentheses may hold anything; user and system time are fields 14 and 15 of proc(5).
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  const ticksPerSecond = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
  const peakKibibytes = Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  return {
    cpuMicros: ((Number(fields[11]) + Number(fields[12])) * 1e6) / ticksPerSecond,
    peakMegabytes: (peakKibibytes * 1024) / 1e6,
  };
}
