import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** What a process holds at a moment. */
export interface Usage {
  /** Resident memory, and the part of it that no file backs. */
  readonly residentBytes: number;
  readonly anonymousBytes: number;
  /** Open files of a file system. */
  readonly files: number;
  /** Sockets, pipes and the kernel's own kinds. */
  readonly handles: number;
}

const kibibytes = (status: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? "0") * 1024;

/** Usage of a running process, from proc(5); undefined when it has ended. */
export function usageOf(pid: number): Usage | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const residentBytes = kibibytes(status, "VmRSS");
    if (residentBytes === 0) return undefined;
    const links = readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
      } catch {
        return []; // closed meanwhile
      }
    });
    const files = links.filter((link) => link.startsWith("/")).length;
    const anonymousBytes = kibibytes(status, "RssAnon");
    return { residentBytes, anonymousBytes, files, handles: links.length - files };
  } catch {
    return undefined;
  }
}

/** How threads spent their time so far, milliseconds. */
export interface ThreadTimes {
  readonly ranMs: number;
  /** Ready to run while others had the processors. */
  readonly waitedMs: number;
}

/** Times of the main thread of a process, to the nanosecond; throws where Linux does not tell. */
export const mainThreadTimes = (pid: number): ThreadTimes => threadTimes(pid, pid);

function threadTimes(pid: number, thread: number): ThreadTimes {
  const [ran, waited] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ");
  return { ranMs: Number(ran) / 1e6, waitedMs: Number(waited) / 1e6 };
}

/** How long all threads of a process together were ready to run so far and did not, milliseconds. */
export function waitedOfAll(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`).map(Number);
  return threads.reduce((sum, thread) => {
    try {
      return sum + threadTimes(pid, thread).waitedMs;
    } catch {
      return sum; // ended meanwhile
    }
  }, 0);
}

/** A point in time, in hours, and what was measured then. */
export interface Point {
  readonly hours: number;
  readonly value: number;
}

/** Slope of the line of least squares, value an hour; 0 for fewer than two moments. */
export function slopeOf(points: readonly Point[]): number {
  const count = points.length;
  const meanHours = points.reduce((sum, { hours }) => sum + hours, 0) / count;
  const meanValue = points.reduce((sum, { value }) => sum + value, 0) / count;
  let [covariance, variance] = [0, 0];
  for (const { hours, value } of points) {
    covariance += (hours - meanHours) * (value - meanValue);
    variance += (hours - meanHours) ** 2;
  }
  return variance === 0 || count === 0 ? 0 : covariance / variance;
}

/** The middle value; 0 of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
