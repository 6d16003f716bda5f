import { closeSync, fsyncSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { join } from "node:path";

const PROBE_BYTES = 64 * 1024;

/** Whether a folder's disk has so many bytes free and takes a synced write; else what is wrong with it. */
export function diskTrouble(folder: string, freeBytesMin: number): string | undefined {
  const file = join(folder, `.probe-${process.pid}`);
  try {
    const { bavail, bsize } = statfsSync(folder);
    if (bavail * bsize < freeBytesMin) return `${bavail * bsize} bytes are free, ${freeBytesMin} are needed`;
    const fd = openSync(file, "w", 0o600);
    try {
      writeSync(fd, new Uint8Array(PROBE_BYTES));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    try {
      rmSync(file, { force: true });
    } catch {
      // A disk that is read-only has no probe to remove.
    }
  }
}
